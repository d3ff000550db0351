terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "synapse_password" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

locals {
  # One connection for all tables. To rotate the secret, change the variable and increment the version.
  server = {
    hostname            = "acme.sql.azuresynapse.net"
    database            = "sales_pool"
    username            = "immuta"
    password_wo         = var.synapse_password
    password_wo_version = 1
  }

  tables = {
    Orders    = "One row for each order."
    Customers = "One row for each customer, current address only."
    Returns   = "One row for each returned item."
  }
}

resource "immuta_azure_synapse_data_source" "sales" {
  for_each = local.tables

  name          = "Sales ${title(each.key)}"
  description   = each.value
  remote_schema = "dbo"
  remote_table  = each.key
  server        = local.server

  schema_project_name  = "Sales"
  stale_data_tolerance = 3600

  # Removing this block must not cut off the subscribers.
  deletion_protection = true
}
