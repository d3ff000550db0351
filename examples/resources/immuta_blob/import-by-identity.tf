import {
  to = immuta_blob.orders
  identity = {
    data_source_id = 57
    blob_id        = "2026/01/orders.csv"
  }
}
