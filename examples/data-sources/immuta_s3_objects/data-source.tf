# The folders in the bucket, one for each data source.
data "immuta_s3_objects" "folders" {
  delimiter = "/"
}

output "folders" {
  value = data.immuta_s3_objects.folders.common_prefixes
}
