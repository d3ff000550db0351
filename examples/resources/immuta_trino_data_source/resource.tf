terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "trino_password" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

resource "immuta_trino_data_source" "orders" {
  name          = "Sales Orders"
  remote_schema = "sales"
  remote_table  = "orders"

  server = {
    hostname              = "trino.acme.example"
    database              = "hive"
    authentication_method = "LDAP Authentication"
    username              = "immuta"
    password_wo           = var.trino_password
    password_wo_version   = 1
  }
}
