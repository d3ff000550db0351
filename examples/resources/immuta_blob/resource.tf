resource "immuta_blob" "orders" {
  data_source_id = 57
  blob_id        = "2026/01/orders.csv"
  source         = "${path.module}/orders.csv"
  tags           = ["sales"]
  date           = "2026-01-31T00:00:00Z"
}
