# Up to 1,000 data sources of Snowflake, with what is needed to generate their configuration.
list "immuta_snowflake_data_source" "all" {
  provider         = immuta
  include_resource = true
  limit            = 1000
}
