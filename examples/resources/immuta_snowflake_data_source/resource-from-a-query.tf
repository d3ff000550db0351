terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "immuta_snowflake_data_source" "open_orders" {
  name  = "Sales Open Orders"
  query = "select * from SALES.ORDERS where STATUS = 'OPEN'"

  # Default: named after the database and the data source, prod.sales_open_orders.
  sql_schema_name = "sales"
  sql_table_name  = "open_orders"

  server = {
    hostname            = "acme.snowflakecomputing.com"
    database            = "PROD"
    warehouse           = "IMMUTA_WH"
    username            = "IMMUTA"
    password_wo         = var.snowflake_password
    password_wo_version = 1
  }
}
