data "immuta_data_source_unmask_users" "email" {
  data_source_id = 57
  column         = "EMAIL"
}

output "who_can_unmask" {
  value = data.immuta_data_source_unmask_users.email.users[*].name
}
