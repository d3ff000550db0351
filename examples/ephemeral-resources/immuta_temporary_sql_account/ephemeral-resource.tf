ephemeral "immuta_temporary_sql_account" "check" {
  account_prefix     = "terraform"
  expires_in_minutes = 15
}

# Ephemeral values can be used in providers, provisioners and write-only arguments.
resource "terraform_data" "check" {
  provisioner "local-exec" {
    command = "psql --command 'select count(*) from sales.orders'"
    environment = {
      PGHOST     = ephemeral.immuta_temporary_sql_account.check.host
      PGPORT     = ephemeral.immuta_temporary_sql_account.check.port
      PGDATABASE = ephemeral.immuta_temporary_sql_account.check.database
      PGSSLMODE  = ephemeral.immuta_temporary_sql_account.check.ssl_mode
      PGUSER     = ephemeral.immuta_temporary_sql_account.check.username
      PGPASSWORD = ephemeral.immuta_temporary_sql_account.check.password
    }
  }
}
