data "immuta_s3_objects" "reports" {
  prefix      = "my_data_source/reports/2026"
  list_type   = 2
  max_results = 100
}

output "bytes" {
  value = sum(concat([0], data.immuta_s3_objects.reports.objects[*].size))
}
