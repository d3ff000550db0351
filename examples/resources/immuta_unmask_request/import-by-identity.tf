import {
  to = immuta_unmask_request.fraud
  identity = {
    data_source_id = 57
    id             = 1500
  }
}
