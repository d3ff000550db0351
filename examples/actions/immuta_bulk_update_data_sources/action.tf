data "immuta_data_sources" "sales" {
  schema = "sales"
}

# terraform apply -invoke=action.immuta_bulk_update_data_sources.experts
action "immuta_bulk_update_data_sources" "experts" {
  config {
    operation       = "add-users"
    data_source_ids = data.immuta_data_sources.sales.data_sources[*].id
    users           = [{ profile_id = 12, role = "expert" }]
  }
}
