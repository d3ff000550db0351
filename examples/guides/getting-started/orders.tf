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
}

resource "immuta_snowflake_data_source" "orders" {
  name          = "Sales Orders"
  description   = "One row for each order."
  remote_schema = "SALES"
  remote_table  = "ORDERS"
  server        = local.snowflake
}
