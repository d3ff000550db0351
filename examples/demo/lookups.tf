# The user of the API key.
data "immuta_current_user" "me" {}

# One of the data sources, as Immuta returns it.
data "immuta_data_source" "orders" {
  id = immuta_snowflake_data_source.orders.id
}

output "acting_as" {
  value = data.immuta_current_user.me.name
}

output "orders" {
  value = "${data.immuta_data_source.orders.connection_string}: ${data.immuta_data_source.orders.sql_schema_name}.${data.immuta_data_source.orders.sql_table_name}"
}

output "more_ids" {
  value = { for table, source in immuta_snowflake_data_source.more : table => source.id }
}
