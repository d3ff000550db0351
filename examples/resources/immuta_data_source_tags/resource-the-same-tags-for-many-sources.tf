variable "sources" {
  description = "Ids of the data sources, by name."
  type        = map(number)
}

locals {
  tags = {
    orders    = ["Team.Sales", "Retention.Seven Years"]
    customers = ["Team.Sales", "Sensitivity.High"]
  }
}

# Tags added by people or by sensitive data discovery are not changed.
resource "immuta_data_source_tags" "sales" {
  for_each = local.tags

  data_source_id = var.sources[each.key]
  tags           = [for name in each.value : { name = name }]
}
