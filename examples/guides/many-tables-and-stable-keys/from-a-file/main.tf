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
  tables = { for row in csvdecode(file("${path.module}/tables.csv")) : row.key => row }
}

resource "immuta_snowflake_data_source" "all" {
  for_each = local.tables

  name          = each.value.name
  remote_schema = each.value.schema
  remote_table  = each.value.table

  server = {
    hostname            = "acme.snowflakecomputing.com"
    database            = "PROD"
    warehouse           = "IMMUTA_WH"
    username            = "IMMUTA"
    password_wo         = var.snowflake_password
    password_wo_version = 1
  }
}
