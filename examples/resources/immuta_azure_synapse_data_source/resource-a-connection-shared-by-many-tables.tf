terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "synapse_password" {
  type      = string
  sensitive = true
  ephemeral = true # a write-only argument is its only use, so no plan file needs to hold it
}

locals {
  # The connection is described once. To rotate the secret, change the variable and count the version up.
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

  # Keeps a removed block from taking the source away from its subscribers.
  deletion_protection = true
}
