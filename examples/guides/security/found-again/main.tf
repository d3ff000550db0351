terraform {
  required_version = ">= 1.11" # write-only arguments
}

import {
  to = immuta_snowflake_data_source.orders
  id = "57"
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

  server = {
    hostname    = "acme.snowflakecomputing.com"
    database    = "PROD"
    warehouse   = "IMMUTA_WH"
    username    = "IMMUTA"
    password_wo = var.snowflake_password
  }
}
