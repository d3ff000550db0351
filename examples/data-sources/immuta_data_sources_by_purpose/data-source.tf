data "immuta_data_sources_by_purpose" "research" {
  purposes = ["Research"]
}

output "for_research" {
  value = data.immuta_data_sources_by_purpose.research.data_sources[*].name
}
