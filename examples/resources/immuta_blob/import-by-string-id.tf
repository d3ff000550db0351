import {
  to = immuta_blob.orders
  id = "57/2026/01/orders.csv" # the data source's id and the blob's id
}
