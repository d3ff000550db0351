# All filters have to fit; of several values in one filter, one has to.
data "immuta_data_sources" "failed" {
  blob_handler_type = ["Snowflake", "Databricks"]
  tag               = ["Team.Finance"]
  status            = ["failed"]
  sort_field        = "name"
}

output "failed" {
  value = [for source in data.immuta_data_sources.failed.data_sources : "${source.name}: ${source.connection_string}" if !source.deleted]
}
