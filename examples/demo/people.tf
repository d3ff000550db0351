variable "sql_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

# The first group of the demo's tenant, the analysts, can read the orders.
resource "immuta_data_source_access" "analysts" {
  data_source_id = immuta_snowflake_data_source.orders.id
  group_id       = 40000
  role           = "subscribed"
}

resource "immuta_data_source_tags" "orders" {
  data_source_id = immuta_snowflake_data_source.orders.id
  tags           = [{ name = "Team.Sales" }]
}

# The SQL account of this user. To rotate its password, increment the version.
resource "immuta_sql_account" "me" {
  username            = "demo"
  password_wo         = var.sql_password
  password_wo_version = 1
}
