data "immuta_data_dictionary" "orders" {
  data_source_id = 57
}

output "sensitive_columns" {
  description = "Columns with any tag below Sensitivity, whoever added it."
  value = [
    for column in data.immuta_data_dictionary.orders.columns : column.name
    if anytrue([for tag in column.tags : startswith(tag.name, "Sensitivity.")])
  ]
}
