import {
  to = immuta_data_source_tags.orders
  id = "57"
}
