import {
  to = immuta_trino_data_source.orders
  id = "57" # or "name:Sales Orders", or "trino/22"
}
