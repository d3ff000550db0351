data "immuta_blob_handler_types" "all" {}

output "technologies" {
  value = data.immuta_blob_handler_types.all.types[*].name
}
