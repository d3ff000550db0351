# This takes one request, however many data sources there are.
data "immuta_data_sources" "all" {
  id_only     = true
  max_results = 1
}

output "how_many" {
  value = data.immuta_data_sources.all.total
}
