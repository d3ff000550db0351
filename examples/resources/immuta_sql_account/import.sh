# by the account's name, which must be that of the API key's user
terraform import immuta_sql_account.me ada_byron
