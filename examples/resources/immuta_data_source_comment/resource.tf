resource "immuta_data_source_comment" "nulls" {
  data_source_id  = 57
  body            = "Half of the totals have been null since Monday's load."
  affected_column = "order_total"
}
