data "immuta_data_source_comments" "open" {
  data_source_id = 57
  resolved       = false
  sort_field     = "createdAt"
}

output "open_questions" {
  value = [for comment in data.immuta_data_source_comments.open.comments : "${comment.author.name}: ${comment.body}"]
}
