# The results of the last health checks in the whole tenant. This runs no checks, and takes one request for 200 failed data sources.
data "immuta_data_sources" "failed" {
  status     = ["failed"]
  sort_field = "name"
}

# A check only warns: it never blocks an apply.
check "all_sources_are_healthy" {
  assert {
    condition     = length([for source in data.immuta_data_sources.failed.data_sources : source if !source.deleted]) == 0
    error_message = "Unhealthy: ${join(", ", [for source in data.immuta_data_sources.failed.data_sources : source.name if !source.deleted])}."
  }
}

# The health of the one data source that must not fail. Reading this runs the checks.
data "immuta_data_source" "orders" {
  name = "Sales Orders"
}

data "immuta_data_source_health" "orders" {
  data_source_id = data.immuta_data_source.orders.id

  # A postcondition fails the plan.
  lifecycle {
    postcondition {
      condition     = length(self.failed_checks) == 0
      error_message = "Sales Orders is not healthy: ${join(", ", self.failed_checks)}."
    }
  }
}
