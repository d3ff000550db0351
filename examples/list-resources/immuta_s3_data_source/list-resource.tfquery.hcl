list "immuta_s3_data_source" "finance" {
  provider         = immuta
  include_resource = true

  config {
    tag = ["Team.Finance"]
  }
}
