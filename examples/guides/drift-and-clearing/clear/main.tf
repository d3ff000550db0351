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
  name          = "Sales Orders"
  remote_schema = "SALES"
  remote_table  = "ORDERS"

  # Clears what Immuta has. Without these lines, it would stay.
  description      = ""
  expiration       = ""
  catalog_metadata = { id = "", provider = "" }

  server = {
    hostname    = "acme.snowflakecomputing.com"
    database    = "PROD"
    warehouse   = "IMMUTA_WH"
    username    = "IMMUTA"
    password_wo = var.snowflake_password
  }
}
