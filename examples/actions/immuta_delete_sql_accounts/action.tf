variable "leaver" {
  type = object({ profile_id = number, user_id = string })
}

# terraform apply -invoke=action.immuta_delete_sql_accounts.leaver
action "immuta_delete_sql_accounts" "leaver" {
  config {
    profile_id = var.leaver.profile_id
    user_id    = var.leaver.user_id
  }
}
