terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    immuta = {
      source  = "terraform-immuta/immuta"
      version = "~> 0.1"
    }
  }
}

variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

locals {
  snowflake = {
    hostname            = "acme.snowflakecomputing.com"
    database            = "PROD"
    warehouse           = "IMMUTA_WH"
    username            = "IMMUTA"
    password_wo         = var.snowflake_password
    password_wo_version = 1
  }

  # The keys are for Terraform only, and never change. Everything else may.
  tables = {
    orders    = { name = "Sales Orders", table = "ORDERS" }
    customers = { name = "Sales Customers", table = "CUSTOMERS" }
    returns   = { name = "Sales Returns", table = "RETURNS" }
  }
}

resource "immuta_snowflake_data_source" "sales" {
  for_each = local.tables

  name          = each.value.name
  remote_schema = "SALES"
  remote_table  = each.value.table
  server        = local.snowflake
}

# What belongs to a table has the table's key.
resource "immuta_data_source_tags" "sales" {
  for_each = local.tables

  data_source_id = immuta_snowflake_data_source.sales[each.key].id
  tags           = [{ name = "Team.Sales" }]
}
