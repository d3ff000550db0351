data "immuta_current_user" "me" {}

output "acting_as" {
  value = data.immuta_current_user.me.name
}
