import {
  to = immuta_subscription.orders
  id = "57"
}
