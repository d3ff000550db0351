import {
  to = immuta_redshift_data_source.orders
  identity = {
    id = 57
  }
}
