terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "snowflake_private_key" {
  description = "The PKCS #8 private key, in PEM form."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "immuta_snowflake_data_source" "customers" {
  name          = "Sales Customers"
  remote_schema = "SALES"
  remote_table  = "CUSTOMERS"

  server = {
    hostname              = "acme.snowflakecomputing.com"
    database              = "PROD"
    warehouse             = "IMMUTA_WH"
    username              = "IMMUTA"
    authentication_method = "keyPair"
    user_files = [{
      key_name           = "PRIV_KEY_FILE"
      file_name          = "immuta.p8"
      content_wo         = base64encode(var.snowflake_private_key)
      content_wo_version = 1
    }]
  }
}
