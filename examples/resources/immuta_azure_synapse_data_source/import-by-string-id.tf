import {
  to = immuta_azure_synapse_data_source.orders
  id = "57" # or "name:Sales Orders", or "asa/22"
}
