resource "immuta_data_source_access" "auditor" {
  data_source_id = 57
  profile_id     = 31
  role           = "expert"
  expiration     = "2027-01-01T00:00:00Z"

  # A governor has to approve the request. Until then, approved is false.
  approvals = [{
    required_permission = "GOVERNANCE"
  }]
}
