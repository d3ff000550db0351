locals {
  prefixes = {
    invoices = "Scanned invoices, one object each."
    receipts = "Scanned receipts, one object each."
    reports  = "Monthly reports, as signed."
  }
}

resource "immuta_s3_data_source" "finance" {
  for_each = local.prefixes

  name           = "Finance ${title(each.key)}"
  description    = each.value
  integration_id = 3
  prefix         = "finance/${each.key}/"

  documentation = <<-EOT
    Written once, never changed. Ask the finance team for access.
  EOT

  # Changing the integration or the prefix replaces the data source. That requires the old one
  # to be deleted, because only then is its name available again.
  on_destroy = "delete"
}
