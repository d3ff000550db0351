resource "immuta_data_source_access" "grace" {
  data_source_id = 57
  profile_id     = 12
  role           = "subscribed"
}
