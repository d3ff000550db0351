# A data source has to match every filter, and one of the values in each.
data "immuta_data_sources" "failed" {
  technology = ["Snowflake", "Databricks"]
  tag        = ["Team.Finance"]
  status     = ["failed"]
  sort_field = "name"
}

output "failed" {
  value = [for source in data.immuta_data_sources.failed.data_sources : "${source.name}: ${source.connection_string}" if !source.deleted]
}
