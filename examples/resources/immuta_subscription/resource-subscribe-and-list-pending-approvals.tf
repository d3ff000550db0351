variable "wanted" {
  description = "Ids of the data sources that a service account needs, by name."
  type        = map(number)
  default     = { orders = 57, customers = 58 }
}

resource "immuta_subscription" "service" {
  for_each = var.wanted

  data_source_id = each.value
}

# Subscriptions that still wait for approval. The next refresh updates their role.
output "waiting_for_approval" {
  value = [for name, one in immuta_subscription.service : name if one.role == "pending"]
}
