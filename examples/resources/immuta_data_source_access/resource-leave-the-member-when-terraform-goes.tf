resource "immuta_data_source_access" "grace" {
  data_source_id = 57
  profile_id     = 12
  state          = "subscribed"

  # A destroy only forgets the member, for tenants that do not let others remove one.
  on_destroy = "abandon"
}
