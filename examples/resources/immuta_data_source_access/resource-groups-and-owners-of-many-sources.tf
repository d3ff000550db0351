variable "sources" {
  description = "Ids of the data sources, by name."
  type        = map(number)
}

locals {
  owners = { ada = 7, grace = 12 } # profile ids
}

# One group can read all data sources.
resource "immuta_data_source_access" "analysts" {
  for_each = var.sources

  data_source_id = each.value
  group_id       = 3
  role           = "subscribed"
}

# Each data source has two owners besides the user who registered it.
resource "immuta_data_source_access" "owner" {
  for_each = {
    for pair in setproduct(keys(var.sources), keys(local.owners)) : "${pair[0]}/${pair[1]}" => pair
  }

  data_source_id = var.sources[each.value[0]]
  profile_id     = local.owners[each.value[1]]
  role           = "owner"
}
