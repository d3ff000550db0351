terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "databricks_token" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

resource "immuta_databricks_data_source" "orders" {
  name          = "Sales Orders"
  remote_schema = "sales"
  remote_table  = "orders"

  server = {
    hostname                = "dbc-1a2b3c4d-e5f6.cloud.databricks.com"
    database                = "main"
    http_path               = "/sql/1.0/warehouses/1a2b3c4d5e6f7a8b"
    access_token_wo         = var.databricks_token
    access_token_wo_version = 1
  }
}
