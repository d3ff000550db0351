data "immuta_data_source_activities" "orders" {
  data_source_id = 57
  max_results    = 50
}

output "revoked" {
  value = [
    for activity in data.immuta_data_source_activities.orders.activities : "${activity.created_at} ${try(activity.target_user.name, "somebody")}"
    if try(activity.metadata.action == "revoked", false)
  ]
}
