import {
  to = immuta_data_source_tags.orders
  identity = {
    data_source_id = 57
  }
}
