# Those of one schema whose last health check failed. All filters have to fit; of several tags, one has to.
list "immuta_snowflake_data_source" "failing" {
  provider = immuta

  config {
    schema   = "SALES"
    hostname = "acme.snowflakecomputing.com"
    status   = ["failed"]
    tag      = ["Team.Sales", "Team.Finance"]
  }
}
