resource "immuta_data_source_tags" "orders" {
  data_source_id = 57
  tags = [
    { name = "Team.Sales" },
    { name = "Confidential", source = "collibra" },
  ]

  # A destroy leaves the tags on the data source. The default is "remove".
  on_destroy = "keep"
}
