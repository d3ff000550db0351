import {
  to = immuta_snowflake_data_source.orders
  identity = {
    id = 57
  }
}
