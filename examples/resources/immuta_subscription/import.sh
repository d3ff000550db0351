# by the data source's id
terraform import immuta_subscription.orders 57
