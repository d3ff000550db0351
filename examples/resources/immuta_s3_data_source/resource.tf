resource "immuta_s3_data_source" "raw_orders" {
  name           = "Raw Orders"
  integration_id = 4
  prefix         = "raw/orders"
}
