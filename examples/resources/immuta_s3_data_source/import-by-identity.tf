import {
  to = immuta_s3_data_source.raw_orders
  identity = {
    id = 57
  }
}
