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
  # To rotate the password, change the variable, increment the version and apply.
  snowflake = {
    hostname            = "acme.snowflakecomputing.com"
    database            = "PROD"
    warehouse           = "IMMUTA_WH"
    username            = "IMMUTA"
    password_wo         = var.snowflake_password
    password_wo_version = 2
  }
}

resource "immuta_snowflake_data_source" "orders" {
  name          = "Sales Orders"
  remote_schema = "SALES"
  remote_table  = "ORDERS"
  server        = local.snowflake
}

resource "immuta_snowflake_data_source" "customers" {
  name          = "Sales Customers"
  remote_schema = "SALES"
  remote_table  = "CUSTOMERS"
  server        = local.snowflake
}
