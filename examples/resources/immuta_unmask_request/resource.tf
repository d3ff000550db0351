resource "immuta_unmask_request" "fraud" {
  data_source_id = 57
  column         = "customer_email"
  reason         = "Fraud case 4711: who placed these orders?"
  profile_ids    = [12, 31]
}
