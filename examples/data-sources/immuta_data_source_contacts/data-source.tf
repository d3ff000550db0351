data "immuta_data_source_contacts" "orders" {
  data_source_id = 57
}

output "whom_to_ask" {
  value = data.immuta_data_source_contacts.orders.contacts[*].email
}
