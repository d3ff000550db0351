terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

resource "immuta_snowflake_data_source" "orders" {
  name          = "Sales Orders"
  remote_schema = "SALES"
  remote_table  = "ORDERS"

  server = {
    hostname            = "acme.snowflakecomputing.com"
    database            = "PROD"
    warehouse           = "IMMUTA_WH"
    username            = "IMMUTA"
    password_wo         = var.snowflake_password
    password_wo_version = 1
  }
}
