data "immuta_blob" "logo" {
  data_source_id = 57
  blob_id        = "images/logo.svg"
  max_bytes      = 65536
}

output "logo" {
  value = base64decode(data.immuta_blob.logo.content_base64)
}
