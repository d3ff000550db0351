import {
  to = immuta_data_source_access.grace
  id = "57/profile:12" # or "57/group:3", or "57/subscription:88"
}
