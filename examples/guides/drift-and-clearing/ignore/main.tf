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

resource "immuta_snowflake_data_source" "orders" {
  name          = "Sales Orders" # on create only: the stewards may rename it
  remote_schema = "SALES"
  remote_table  = "ORDERS"

  server = {
    hostname    = "acme.snowflakecomputing.com"
    database    = "PROD"
    warehouse   = "IMMUTA_WH"
    username    = "IMMUTA"
    password_wo = var.snowflake_password
  }

  lifecycle {
    ignore_changes = [name, enabled]
  }
}
