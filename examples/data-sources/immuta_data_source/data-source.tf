data "immuta_data_source" "orders" {
  name = "Sales Orders"
}

output "orders_id" {
  value = data.immuta_data_source.orders.id
}
