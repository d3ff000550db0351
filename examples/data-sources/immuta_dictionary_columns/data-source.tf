data "immuta_dictionary_columns" "email" {
  search_text = "email"
}

output "email_columns" {
  value = data.immuta_dictionary_columns.email.columns
}
