resource "immuta_data_source_tags" "orders" {
  data_source_id = 57
  tags = [
    { name = "Sensitivity.High" },
    { name = "Team.Sales" },
  ]
}
