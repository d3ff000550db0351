# A data source that somebody registered before. Its password is not needed, because nothing sends it.
import {
  to = immuta_snowflake_data_source.invoices
  id = "name:Finance Invoices"
}

resource "immuta_snowflake_data_source" "invoices" {
  name          = "Finance Invoices"
  remote_schema = "FINANCE"
  remote_table  = "INVOICES"
  on_destroy    = "abandon" # leaves it in Immuta

  server = {
    hostname  = "acme.snowflakecomputing.com"
    database  = "PROD"
    warehouse = "IMMUTA_WH"
    username  = "IMMUTA"
  }
}
