data "immuta_data_source" "customers" {
  name = "Sales Customers"
}

output "customers_id" {
  value = data.immuta_data_source.customers.id
}
