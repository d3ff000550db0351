import {
  to = immuta_snowflake_data_source.orders
  id = "57" # or "name:Sales Orders", or "snowflake/22"
}
