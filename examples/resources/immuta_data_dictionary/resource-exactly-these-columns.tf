resource "immuta_data_dictionary" "orders" {
  data_source_id = 57

  # Any other column is removed. Plans that remove columns list them in a warning.
  exclusive = true

  columns = {
    order_id   = { data_type = "numeric(38,0)", remote_type = "number(38,0)", nullable = false }
    ordered_at = { data_type = "timestamp with time zone", remote_type = "timestamp_tz" }
    note       = { data_type = "text", remote_type = "varchar(2000)", description = "As the customer typed it." }
  }
}
