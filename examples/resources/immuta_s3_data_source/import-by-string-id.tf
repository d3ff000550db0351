import {
  to = immuta_s3_data_source.raw_orders
  id = "57" # or "name:Raw Orders", or "native-s3/22"
}
