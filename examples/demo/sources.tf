variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

locals {
  # One connection for all tables. Its password is write-only: look for it in the state, it is not there.
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
  name              = "Sales Orders"
  description       = "One row for each order."
  remote_schema     = "SALES"
  remote_table      = "ORDERS"
  server            = local.snowflake
  event_time_column = "ORDERED_AT"
}

resource "immuta_snowflake_data_source" "more" {
  for_each = {
    CUSTOMERS = "One row for each customer."
    RETURNS   = "One row for each returned item."
  }

  name          = "Sales ${title(lower(each.key))}"
  description   = each.value
  remote_schema = "SALES"
  remote_table  = each.key
  server        = local.snowflake
}
