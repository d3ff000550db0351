variable "snowflake_password" {
  type      = string
  sensitive = true
}

# terraform apply -invoke=action.immuta_update_connection.password
action "immuta_update_connection" "password" {
  config {
    technology        = "snowflake"
    connection_string = provider::immuta::connection_string("IMMUTA", "acme.snowflakecomputing.com", 443, "PROD")

    server = {
      password = var.snowflake_password
    }
  }
}
