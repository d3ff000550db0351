resource "immuta_data_dictionary" "orders" {
  data_source_id = 57

  # Manages this column only. Immuta and other people manage the others.
  exclusive = false

  columns = [{
    name        = "card_number"
    data_type   = "text"
    remote_type = "varchar(19)"
    tags        = [{ name = "Sensitivity.High" }]
  }]
}
