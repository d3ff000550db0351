terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "databricks_token" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

locals {
  # One connection for all tables. To rotate the secret, change the variable and increment the version.
  server = {
    hostname                = "dbc-1a2b3c4d-e5f6.cloud.databricks.com"
    database                = "main"
    http_path               = "/sql/1.0/warehouses/1a2b3c4d5e6f7a8b"
    access_token_wo         = var.databricks_token
    access_token_wo_version = 1
  }

  tables = {
    orders    = "One row for each order."
    customers = "One row for each customer, current address only."
    returns   = "One row for each returned item."
  }
}

resource "immuta_databricks_data_source" "sales" {
  for_each = local.tables

  name          = "Sales ${title(each.key)}"
  description   = each.value
  remote_schema = "sales"
  remote_table  = each.key
  server        = local.server

  schema_project_name      = "Sales"
  column_evolution_enabled = true

  # Removing this block must not cut off the subscribers.
  deletion_protection = true
}
