data "immuta_data_sources" "sales" {
  schema = "sales"
}

# terraform apply -invoke=action.immuta_refresh_native_views.sales
action "immuta_refresh_native_views" "sales" {
  config {
    data_source_ids = data.immuta_data_sources.sales.data_sources[*].id
  }
}
