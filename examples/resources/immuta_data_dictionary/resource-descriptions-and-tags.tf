terraform {
  required_version = ">= 1.11" # write-only arguments
}

variable "snowflake_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "immuta_snowflake_data_source" "customers" {
  name          = "Sales Customers"
  remote_schema = "SALES"
  remote_table  = "CUSTOMERS"

  server = {
    hostname            = "acme.snowflakecomputing.com"
    database            = "PROD"
    warehouse           = "IMMUTA_WH"
    username            = "IMMUTA"
    password_wo         = var.snowflake_password
    password_wo_version = 1
  }
}

resource "immuta_data_dictionary" "customers" {
  data_source_id = immuta_snowflake_data_source.customers.id

  columns = [
    {
      name        = "customer_id"
      data_type   = "numeric(38,0)"
      remote_type = "number(38,0)"
      nullable    = false
      description = "Shared by all sales tables, never reused."
    },
    {
      name        = "email"
      data_type   = "text"
      remote_type = "varchar(320)"
      description = "As the customer typed it."
      # Manages these two tags only. Tags from sensitive data discovery stay.
      tags = [{ name = "Contact.Email" }, { name = "Sensitivity.High" }]
    },
    {
      name        = "country"
      data_type   = "text"
      remote_type = "varchar(2)"
      # Without tags, the tags of this column are not managed.
    },
  ]
}
