terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "redshift_password" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

resource "immuta_redshift_data_source" "orders" {
  name          = "Sales Orders"
  remote_schema = "sales"
  remote_table  = "orders"

  server = {
    hostname            = "acme.abc123.eu-west-1.redshift.amazonaws.com"
    database            = "prod"
    username            = "immuta"
    password_wo         = var.redshift_password
    password_wo_version = 1
  }
}
