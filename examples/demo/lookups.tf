# Who the API key belongs to.
data "immuta_current_user" "me" {}

# What Immuta itself has to say about one of the sources.
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
