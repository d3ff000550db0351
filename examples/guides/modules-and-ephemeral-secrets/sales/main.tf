terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    immuta = {
      source  = "terraform-immuta/immuta"
      version = "~> 0.1"
    }
  }
}

provider "immuta" {}

variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

module "sales" {
  source = "../tables"

  server = {
    hostname  = "acme.snowflakecomputing.com"
    database  = "PROD"
    warehouse = "IMMUTA_WH"
    username  = "IMMUTA"
  }
  password = var.snowflake_password

  tables = {
    orders = {
      name   = "Sales Orders"
      schema = "SALES"
      table  = "ORDERS"
      tags   = ["Team.Sales"]
    }
    customers = {
      name        = "Sales Customers"
      schema      = "SALES"
      table       = "CUSTOMERS"
      description = "One row for each customer, current address only."
    }
  }
}

# Everything else can use the ids.
resource "immuta_data_source_comment" "welcome" {
  data_source_id = module.sales.ids["orders"]
  body           = "Registered by Terraform. Changes made by hand are undone."
}
