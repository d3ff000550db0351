variable "snowflake_password" {
  type      = string
  sensitive = true
}

resource "immuta_snowflake_data_source" "orders" {
  name          = "Sales Orders"
  remote_schema = "SALES"
  remote_table  = "ORDERS"

  server = {
    hostname  = "acme.snowflakecomputing.com"
    database  = "PROD"
    warehouse = "IMMUTA_WH"
    username  = "IMMUTA"
    password  = var.snowflake_password
  }

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.immuta_check_data_source_health.orders]
    }
  }
}

action "immuta_check_data_source_health" "orders" {
  config {
    data_source_id        = immuta_snowflake_data_source.orders.id
    fail_on_failed_checks = false
  }
}
