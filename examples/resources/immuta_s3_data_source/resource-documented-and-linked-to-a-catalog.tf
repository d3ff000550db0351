resource "immuta_s3_data_source" "invoices" {
  name           = "Scanned Invoices"
  integration_id = 4
  prefix         = "finance/invoices/2026"

  description   = "One object for each invoice, as scanned."
  documentation = <<-EOT
    # Scanned invoices

    Written once, never changed. Ask the finance team for access.
  EOT

  catalog_metadata = {
    id       = "s3://acme-finance/invoices/2026"
    provider = "glue"
  }

  # Removing this block must not cut off the subscribers.
  deletion_protection = true
}
