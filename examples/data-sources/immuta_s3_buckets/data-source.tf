data "immuta_s3_buckets" "all" {}

output "buckets" {
  value = data.immuta_s3_buckets.all.buckets[*].name
}
