# Tags columns that Immuta has discovered. Their types, and all other columns, are left alone.
resource "immuta_data_dictionary" "orders" {
  data_source_id = 57

  columns = {
    card_number = { tags = [{ name = "Sensitivity.High" }] }
    email       = { tags = [{ name = "Contact.Email" }] }
  }
}
