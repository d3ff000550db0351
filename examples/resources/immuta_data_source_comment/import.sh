# by the data source's id and the comment's id
terraform import immuta_data_source_comment.nulls 57/1200
