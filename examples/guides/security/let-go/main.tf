# Replaces the resource block.
removed {
  from = immuta_snowflake_data_source.orders

  lifecycle {
    destroy = false
  }
}
