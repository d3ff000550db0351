import {
  to = immuta_sql_account.me
  identity = {
    username = "ada_byron"
  }
}
