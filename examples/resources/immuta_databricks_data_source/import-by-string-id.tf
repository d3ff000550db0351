import {
  to = immuta_databricks_data_source.orders
  id = "57" # or "name:Sales Orders", or "databricks/22"
}
