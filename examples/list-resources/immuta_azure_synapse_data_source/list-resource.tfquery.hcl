list "immuta_azure_synapse_data_source" "sales" {
  provider         = immuta
  include_resource = true

  config {
    schema = "SALES"
  }
}
