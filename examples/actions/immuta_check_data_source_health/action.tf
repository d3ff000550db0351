data "immuta_data_source" "orders" {
  name = "Sales Orders"
}

# terraform apply -invoke=action.immuta_check_data_source_health.orders
action "immuta_check_data_source_health" "orders" {
  config {
    data_source_id = data.immuta_data_source.orders.id
  }
}
