resource "immuta_data_dictionary" "orders" {
  data_source_id = 57

  columns = [
    { name = "order_id", data_type = "numeric(38,0)", remote_type = "number(38,0)" },
    { name = "ordered_at", data_type = "timestamp with time zone", remote_type = "timestamp_tz" },
  ]
}
