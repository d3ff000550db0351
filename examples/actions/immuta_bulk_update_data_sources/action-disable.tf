data "immuta_data_sources" "failed" {
  status = ["failed"]
}

# terraform apply -invoke=action.immuta_bulk_update_data_sources.disable
action "immuta_bulk_update_data_sources" "disable" {
  config {
    operation       = "disable"
    data_source_ids = data.immuta_data_sources.failed.data_sources[*].id
    timeout         = "30m"
  }
}
