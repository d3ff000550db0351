resource "immuta_snowflake_data_source" "this" {
  for_each = var.tables

  name          = each.value.name
  description   = each.value.description
  remote_schema = each.value.schema
  remote_table  = each.value.table

  # The object is put together here, where the secret goes to a write-only argument.
  server = merge(var.server, { password_wo = var.password })
}

resource "immuta_data_source_tags" "this" {
  for_each = { for key, table in var.tables : key => table.tags if length(table.tags) > 0 }

  data_source_id = immuta_snowflake_data_source.this[each.key].id
  tags           = [for name in each.value : { name = name }]
}
