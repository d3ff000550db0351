terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "redshift_password" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

locals {
  # One connection for all tables. To rotate the secret, change the variable and increment the version.
  server = {
    hostname            = "acme.abc123.eu-west-1.redshift.amazonaws.com"
    database            = "prod"
    username            = "immuta"
    password_wo         = var.redshift_password
    password_wo_version = 1
  }

  tables = {
    orders    = "One row for each order."
    customers = "One row for each customer, current address only."
    returns   = "One row for each returned item."
  }
}

resource "immuta_redshift_data_source" "sales" {
  for_each = local.tables

  name          = "Sales ${title(each.key)}"
  description   = each.value
  remote_schema = "sales"
  remote_table  = each.key
  server        = local.server

  schema_project_name = "Sales"
  native_view = {
    schema_name = "immuta_sales"
    name        = each.key
  }

  # Removing this block must not cut off the subscribers.
  deletion_protection = true
}
