data "immuta_data_source_tags" "orders" {
  data_source_id = 57
}

output "tags" {
  value = [for tag in data.immuta_data_source_tags.orders.tags : tag.name if !tag.deleted]
}
