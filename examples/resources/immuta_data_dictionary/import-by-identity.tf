import {
  to = immuta_data_dictionary.orders
  identity = {
    data_source_id = 57
  }
}
