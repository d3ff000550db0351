import {
  to = immuta_data_dictionary.orders
  id = "57" # the data source's id
}
