list "immuta_trino_data_source" "one_cluster" {
  provider         = immuta
  include_resource = true

  config {
    hostname = "trino.example.com"
  }
}
