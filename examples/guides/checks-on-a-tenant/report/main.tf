data "immuta_visibility_report" "analyst" {
  data_source_id = 57
  profile_id     = 12
}

data "immuta_data_source_lineage" "orders" {
  data_source_id = 57
}

output "comment" {
  description = "For a pull request: terraform output -raw comment > comment.md"
  value = join("\n", [
    data.immuta_visibility_report.analyst.markdown,
    data.immuta_data_source_lineage.orders.markdown,
  ])
}
