import {
  to = immuta_azure_synapse_data_source.orders
  identity = {
    id = 57
  }
}
