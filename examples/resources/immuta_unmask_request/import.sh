# by the data source's id and the task's id
terraform import immuta_unmask_request.fraud 57/1500
