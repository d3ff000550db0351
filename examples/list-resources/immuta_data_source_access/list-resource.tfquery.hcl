list "immuta_data_source_access" "orders" {
  provider         = immuta
  include_resource = true

  config {
    data_source_id = 57
  }
}
