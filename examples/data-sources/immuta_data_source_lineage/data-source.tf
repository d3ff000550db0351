data "immuta_data_source_lineage" "orders" {
  data_source_id = 57
}

# A Mermaid graph for a pull request comment or a README.
output "lineage" {
  value = data.immuta_data_source_lineage.orders.markdown
}
