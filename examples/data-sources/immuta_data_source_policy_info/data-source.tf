data "immuta_data_source_policy_info" "orders" {
  data_source_id = 57
  profile_id     = 12
}

output "masked_columns" {
  value = data.immuta_data_source_policy_info.orders.masked[*].name
}
