list "immuta_redshift_data_source" "one_connection" {
  provider         = immuta
  include_resource = true

  config {
    connection_string = "immuta@acme.redshift.amazonaws.com:5439/prod"
  }
}
