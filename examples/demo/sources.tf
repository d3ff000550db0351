variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "databricks_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

locals {
  # One connection for all tables. Its password is write-only, so it is not in the state.
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

# Other technologies differ only in their server attributes.
resource "immuta_databricks_data_source" "clicks" {
  name          = "Web Clicks"
  description   = "One row for each click in the shop."
  remote_schema = "web"
  remote_table  = "clicks"

  server = {
    hostname                = "dbc-1a2b3c4d-e5f6.cloud.databricks.com"
    database                = "main"
    http_path               = "/sql/1.0/warehouses/1a2b3c4d5e6f7a8b"
    access_token_wo         = var.databricks_token
    access_token_wo_version = 1
  }
}

# Data sources in object storage have no server. This one is deleted for good when it is destroyed;
# the others are disabled, which is the default.
resource "immuta_s3_data_source" "exports" {
  name           = "Sales Exports"
  integration_id = 4
  prefix         = "exports/sales"
  on_destroy     = "delete"
}

# The columns of the orders, with tags on the sensitive ones.
resource "immuta_data_dictionary" "orders" {
  data_source_id = immuta_snowflake_data_source.orders.id

  columns = {
    order_id   = { data_type = "numeric(38,0)", remote_type = "number(38,0)", nullable = false }
    ordered_at = { data_type = "timestamp with time zone", remote_type = "timestamp_tz" }
    card_number = {
      data_type   = "text"
      remote_type = "varchar(19)"
      description = "As the payment service masks it."
      tags        = [{ name = "Sensitivity.High" }]
    }
  }
}
