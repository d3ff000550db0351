import {
  to = immuta_redshift_data_source.orders
  id = "57" # or "name:Sales Orders", or "redshift/22"
}
