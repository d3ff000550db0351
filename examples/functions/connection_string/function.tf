# Every data source that is reached as this user.
data "immuta_data_sources" "by_connection" {
  connection_string = [provider::immuta::connection_string("IMMUTA", "acme.snowflakecomputing.com", 443, "PROD")]
}
