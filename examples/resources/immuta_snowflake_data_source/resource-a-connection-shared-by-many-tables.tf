terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

locals {
  # One connection for all tables. To rotate the password, change the variable and increment the version.
  snowflake = {
    hostname                  = "acme.snowflakecomputing.com"
    database                  = "PROD"
    warehouse                 = "IMMUTA_WH"
    username                  = "IMMUTA"
    password_wo               = var.snowflake_password
    password_wo_version       = 1
    connection_string_options = "role=IMMUTA_ROLE"
  }

  tables = {
    ORDERS    = { description = "One row for each order.", event_time_column = "ORDERED_AT" }
    CUSTOMERS = { description = "One row for each customer, current address only." }
    RETURNS   = { description = "One row for each returned item.", event_time_column = "RETURNED_AT" }
  }
}

resource "immuta_snowflake_data_source" "sales" {
  for_each = local.tables

  name          = "Sales ${title(lower(each.key))}"
  description   = each.value.description
  remote_schema = "SALES"
  remote_table  = each.key
  server        = local.snowflake

  schema_project_name = "Sales"
  event_time_column   = try(each.value.event_time_column, null)

  # Removing this block must not cut off the subscribers.
  deletion_protection = true
}
