resource "immuta_data_source_comment" "question" {
  data_source_id = 57
  body           = "Are canceled orders in here?"
  resolved       = true # cannot be undone
}

resource "immuta_data_source_comment" "answer" {
  data_source_id = immuta_data_source_comment.question.data_source_id
  parent_id      = immuta_data_source_comment.question.id
  body           = "No, they are in the data source Canceled Orders."
}
