variable "analysts" {
  type = set(string) # profile ids
}

resource "immuta_data_source_access" "analyst" {
  for_each = var.analysts

  data_source_id = 57
  profile_id     = each.value
  role           = "subscribed"

  # Waiting for the tenant's rate limit counts.
  timeouts = {
    create = "30m"
    delete = "30m"
  }
}
