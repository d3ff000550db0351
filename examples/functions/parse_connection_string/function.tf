data "immuta_data_source" "orders" {
  name = "Sales Orders"
}

# The host name and the database behind a data source, for another provider or a report.
output "orders_server" {
  value = provider::immuta::parse_connection_string(data.immuta_data_source.orders.connection_string)
}
