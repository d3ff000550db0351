import {
  to = immuta_databricks_data_source.orders
  identity = {
    id = 57
  }
}
