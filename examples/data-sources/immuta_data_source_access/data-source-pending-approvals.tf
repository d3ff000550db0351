data "immuta_data_source_access" "waiting" {
  data_source_id = 57
  approved       = false
  expand_groups  = true
}

output "waiting" {
  value = {
    for user in data.immuta_data_source_access.waiting.users :
    user.name => [for approval in coalesce(user.approvals, []) : approval.required_permission]...
  }
}
