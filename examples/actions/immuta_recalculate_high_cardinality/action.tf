data "immuta_data_source" "orders" {
  name = "Sales Orders"
}

# terraform apply -invoke=action.immuta_recalculate_high_cardinality.orders
action "immuta_recalculate_high_cardinality" "orders" {
  config {
    data_source_id = data.immuta_data_source.orders.id
  }
}
