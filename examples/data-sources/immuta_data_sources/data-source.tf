data "immuta_data_sources" "sales" {
  search_text = "Sales"
}

output "sales_ids" {
  value = { for source in data.immuta_data_sources.sales.data_sources : source.name => source.id }
}
