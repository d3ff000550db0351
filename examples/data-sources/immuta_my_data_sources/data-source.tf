data "immuta_my_data_sources" "mine" {}

output "tables" {
  value = [for source in data.immuta_my_data_sources.mine.data_sources : "${source.sql_schema_name}.${source.sql_table_name}"]
}
