data "immuta_data_source" "orders" {
  name = "Sales Orders"
}

# terraform apply -invoke=action.immuta_refresh_native_view.orders
action "immuta_refresh_native_view" "orders" {
  config {
    data_source_id = data.immuta_data_source.orders.id
  }
}
