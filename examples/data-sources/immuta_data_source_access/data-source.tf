data "immuta_data_source_access" "owners" {
  data_source_id = 57
  roles          = ["owner"]
}

output "owners" {
  value = data.immuta_data_source_access.owners.users[*].name
}
