# The dictionaries of the data sources of one schema.
list "immuta_data_dictionary" "sales" {
  provider         = immuta
  include_resource = true

  config {
    schema = "SALES"
  }
}
