resource "immuta_data_source_access" "grace" {
  data_source_id = 57
  profile_id     = 12
  role           = "subscribed"

  # A destroy only removes the member from the state, for tenants that do not allow removing other users.
  on_destroy = "abandon"
}
