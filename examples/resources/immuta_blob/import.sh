# by the data source's id and the blob's id, which may contain slashes
terraform import immuta_blob.orders 57/2026/01/orders.csv
