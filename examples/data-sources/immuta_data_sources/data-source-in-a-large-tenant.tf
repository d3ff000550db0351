data "immuta_data_sources" "every" {
  timeouts = {
    read = "10m"
  }
}

output "total" {
  value = data.immuta_data_sources.every.total
}
