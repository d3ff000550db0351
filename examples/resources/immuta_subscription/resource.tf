resource "immuta_subscription" "orders" {
  data_source_id = 57
}
