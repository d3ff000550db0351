locals {
  # The keys never change. A changed prefix replaces the data source.
  exports = {
    orders    = { prefix = "raw/orders", description = "Orders as they arrive, one file an hour." }
    customers = { prefix = "raw/customers", description = "Nightly export of all customers." }
    sales     = { prefix = "curated/sales", description = "Orders and customers, joined and cleaned." }
  }
}

resource "immuta_s3_data_source" "exports" {
  for_each = local.exports

  name           = "Exports ${title(each.key)}"
  description    = each.value.description
  integration_id = 4
  prefix         = each.value.prefix

  # A replacement under the same name requires the old data source to be deleted.
  on_destroy = "delete"
}
