data "immuta_data_sources" "sales" {
  schema = "sales"
}

# terraform apply -invoke=action.immuta_update_connection.warehouse
action "immuta_update_connection" "warehouse" {
  config {
    technology      = "snowflake"
    data_source_ids = data.immuta_data_sources.sales.data_sources[*].id

    server = {
      warehouse = "IMMUTA_LARGE_WH"
    }
  }
}
