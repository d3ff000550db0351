resource "immuta_data_dictionary" "orders" {
  data_source_id = 57

  # Only this column is touched. Immuta and other people look after the others.
  exclusive = false

  columns = [{
    name        = "card_number"
    data_type   = "text"
    remote_type = "varchar(19)"
    tags        = [{ name = "Sensitivity.High" }]
  }]
}
