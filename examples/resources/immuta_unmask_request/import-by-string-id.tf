import {
  to = immuta_unmask_request.fraud
  id = "57/1500" # the data source's id and the task's id
}
