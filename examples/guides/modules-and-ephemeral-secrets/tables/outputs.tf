output "ids" {
  description = "Ids of the data sources, by the keys of the tables."
  value       = { for key, source in immuta_snowflake_data_source.this : key => source.id }
}
