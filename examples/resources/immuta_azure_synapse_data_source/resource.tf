terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "synapse_password" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

resource "immuta_azure_synapse_data_source" "orders" {
  name          = "Sales Orders"
  remote_schema = "dbo"
  remote_table  = "Orders"

  server = {
    hostname            = "acme.sql.azuresynapse.net"
    database            = "sales_pool"
    username            = "immuta"
    password_wo         = var.synapse_password
    password_wo_version = 1
  }
}
