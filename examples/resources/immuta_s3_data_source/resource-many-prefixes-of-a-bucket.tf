variable "s3_integration_id" {
  description = "Id of the S3 integration, as shown in the tenant's settings."
  type        = number
}

locals {
  prefixes = {
    "raw/orders"    = "Orders as they arrive, one file an hour."
    "raw/customers" = "Nightly export of all customers."
    "curated/sales" = "Orders and customers, joined and cleaned."
  }
}

resource "immuta_s3_data_source" "sales" {
  for_each = local.prefixes

  name           = "Sales ${each.key}"
  description    = each.value
  integration_id = var.s3_integration_id
  prefix         = each.key

  catalog_metadata = {
    id       = "s3://acme-sales/${each.key}"
    provider = "glue"
  }

  # Changing a prefix replaces the data source, which requires the old one to be deleted.
  on_destroy = "delete"
}
