list "immuta_databricks_data_source" "sales" {
  provider         = immuta
  include_resource = true

  config {
    search_text = "sales"
  }
}
