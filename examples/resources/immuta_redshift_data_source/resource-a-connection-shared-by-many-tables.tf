terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "redshift_password" {
  type      = string
  sensitive = true
  ephemeral = true # a write-only argument is its only use, so no plan file needs to hold it
}

locals {
  # The connection is described once. To rotate the secret, change the variable and count the version up.
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

  # Keeps a removed block from taking the source away from its subscribers.
  deletion_protection = true
}
