data "immuta_s3_object" "settings" {
  data_source = "my_data_source"
  key         = "path/to/file/myfile.json"
}

# A tenant may return a description of the object instead of the object. Then there is no content.
output "settings" {
  value = try(jsondecode(base64decode(data.immuta_s3_object.settings.content_base64)), null)
}
