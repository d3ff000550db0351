terraform {
  required_version = ">= 1.11"
}

# Immuta does not document where the client id and the secret of OAuth go. So register such a data source in Immuta,
# import it, and manage everything but its connection here: that needs no secret.
import {
  to = immuta_snowflake_data_source.shipments
  id = "name:Logistics Shipments"
}

resource "immuta_snowflake_data_source" "shipments" {
  name          = "Logistics Shipments"
  description   = "One row for each parcel that left a warehouse."
  remote_schema = "LOGISTICS"
  remote_table  = "SHIPMENTS"

  server = {
    hostname              = "acme.snowflakecomputing.com"
    database              = "PROD"
    warehouse             = "IMMUTA_WH"
    authentication_method = "oAuthClientCredentials"
  }
}
