# Reading this data source runs the health checks.
data "immuta_data_source_health" "orders" {
  data_source_id = 57

  lifecycle {
    postcondition {
      condition     = length(self.failed_checks) == 0
      error_message = "Data source ${self.data_source_id} is not healthy: ${join(", ", self.failed_checks)}."
    }
  }
}
