import {
  to = immuta_data_source_comment.nulls
  identity = {
    data_source_id = 57
    id             = 1200
  }
}
