locals {
  prefixes = {
    invoices = "Scanned invoices, one object each."
    receipts = "Scanned receipts, one object each."
    reports  = "Monthly reports, as they were signed."
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

  # An integration or prefix cannot change, so another one replaces the source. That only works
  # if the old one gives up its name.
  on_destroy = "delete"
}
