data "immuta_data_source" "by_id" {
  id = 57
}

data "immuta_data_source" "by_name" {
  name = "Sales Orders"
}

data "immuta_data_source" "by_table" {
  sql_table_name = "orders"
}
