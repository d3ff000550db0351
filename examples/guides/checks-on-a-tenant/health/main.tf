# What Immuta last found, of the whole tenant: one request for 200 failed data sources, and nothing is run.
data "immuta_data_sources" "failed" {
  status     = ["failed"]
  sort_field = "name"
}

# A check warns. It never keeps anything from being applied.
check "all_sources_are_healthy" {
  assert {
    condition     = length([for source in data.immuta_data_sources.failed.data_sources : source if !source.deleted]) == 0
    error_message = "Unhealthy: ${join(", ", [for source in data.immuta_data_sources.failed.data_sources : source.name if !source.deleted])}."
  }
}

# What Immuta finds now, of the one data source that must not fail. Reading this runs the checks.
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
