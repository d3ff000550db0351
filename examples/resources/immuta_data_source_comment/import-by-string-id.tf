import {
  to = immuta_data_source_comment.nulls
  id = "57/1200" # the data source's id and the comment's id
}
