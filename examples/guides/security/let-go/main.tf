# In place of the resource block, which leaves the configuration.
removed {
  from = immuta_snowflake_data_source.orders

  lifecycle {
    destroy = false
  }
}
