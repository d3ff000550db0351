data "immuta_sql_connection" "me" {}

output "psql" {
  value = "psql -h ${data.immuta_sql_connection.me.host} -p ${data.immuta_sql_connection.me.port} ${data.immuta_sql_connection.me.database}"
}
