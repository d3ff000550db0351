terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "sql_password" {
  type      = string
  sensitive = true
  ephemeral = true # used only for a write-only argument, so it stays out of plan files
}

resource "immuta_sql_account" "me" {
  username            = "ada_byron"
  password_wo         = var.sql_password
  password_wo_version = 1 # raise it to send a new password
}
