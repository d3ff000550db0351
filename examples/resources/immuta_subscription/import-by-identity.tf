import {
  to = immuta_subscription.orders
  identity = {
    data_source_id = 57
  }
}
