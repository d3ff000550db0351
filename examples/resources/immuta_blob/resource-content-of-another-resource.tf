resource "terraform_data" "countries" {
  input = "code,name\nNO,Norway\n"
}

resource "immuta_blob" "countries" {
  data_source_id = 57
  blob_id        = "reference/countries.csv"
  content_base64 = base64encode(terraform_data.countries.output)
}
