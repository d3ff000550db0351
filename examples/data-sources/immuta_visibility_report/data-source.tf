data "immuta_visibility_report" "analyst" {
  data_source_id   = 57
  profile_id       = 12
  information_only = true
}

# Markdown tables for a pull request comment or a README.
output "report" {
  value = data.immuta_visibility_report.analyst.markdown
}
