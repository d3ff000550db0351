import {
  to = immuta_trino_data_source.orders
  identity = {
    id = 57
  }
}
