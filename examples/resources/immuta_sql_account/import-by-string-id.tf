import {
  to = immuta_sql_account.me
  id = "ada_byron"
}
