import {
  to = immuta_data_source_access.grace
  identity = {
    data_source_id = 57
    profile_id     = 12 # or group_id
  }
}
