terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    immuta = {
      source  = "terraform-immuta/immuta"
      version = "~> 0.1"
    }
  }
}

variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

# This was: count = length(local.tables), over a list of these tables.
resource "immuta_snowflake_data_source" "sales" {
  for_each = toset(["ORDERS", "CUSTOMERS"])

  name          = "Sales ${title(lower(each.key))}"
  remote_schema = "SALES"
  remote_table  = each.key

  server = {
    hostname            = "acme.snowflakecomputing.com"
    database            = "PROD"
    warehouse           = "IMMUTA_WH"
    username            = "IMMUTA"
    password_wo         = var.snowflake_password
    password_wo_version = 1
  }
}

moved {
  from = immuta_snowflake_data_source.sales[0]
  to   = immuta_snowflake_data_source.sales["ORDERS"]
}

moved {
  from = immuta_snowflake_data_source.sales[1]
  to   = immuta_snowflake_data_source.sales["CUSTOMERS"]
}
