data "immuta_data_source_comments" "replies" {
  data_source_id = 57
  parent_id      = 28
}

output "replies" {
  value = data.immuta_data_source_comments.replies.comments[*].body
}
