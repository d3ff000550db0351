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

  columns = {
    customer_id = {
      description = "Shared by all sales tables, never reused."
    }

    email = {
      description = "As the customer typed it."
      # Manages these two tags only. Tags from sensitive data discovery stay.
      tags = [{ name = "Contact.Email" }, { name = "Sensitivity.High" }]
    }

    # A column that Immuta does not know of requires both of its types.
    loyalty_tier = {
      data_type   = "text"
      remote_type = "varchar(16)"
    }
  }
}
