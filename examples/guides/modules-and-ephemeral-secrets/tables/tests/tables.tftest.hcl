# Runs against fake-immuta or another tenant for tests, which IMMUTA_HOST and IMMUTA_API_KEY tell.
provider "immuta" {
  # Nothing stays behind when a test ends.
  source_defaults = {
    on_destroy = "delete"
  }
}

variables {
  server = {
    hostname  = "acme.snowflakecomputing.com"
    database  = "TEST"
    warehouse = "IMMUTA_WH"
    username  = "IMMUTA"
  }
  password = "not a real one"
  tables = {
    orders    = { name = "Test Orders", schema = "SALES", table = "ORDERS", tags = ["Team.Sales"] }
    customers = { name = "Test Customers", schema = "SALES", table = "CUSTOMERS" }
  }
}

run "registers_the_tables" {
  assert {
    condition     = immuta_snowflake_data_source.this["orders"].sql_table_name == "orders"
    error_message = "The table has another name in Immuta."
  }

  # Terraform drops misspelled keys of objects. A test of the values in force notices.
  assert {
    condition     = immuta_snowflake_data_source.this["orders"].server.port == 443
    error_message = "The connection has another port than Snowflake's."
  }

  assert {
    condition     = keys(immuta_data_source_tags.this) == ["orders"]
    error_message = "Other tables than those with tags are tagged."
  }
}

run "keeps_the_data_sources_when_a_table_is_added" {
  variables {
    # Not one of the module's: what the condition below compares with.
    before = run.registers_the_tables.ids

    tables = {
      returns   = { name = "Test Returns", schema = "SALES", table = "RETURNS" }
      orders    = { name = "Test Orders", schema = "SALES", table = "ORDERS", tags = ["Team.Sales"] }
      customers = { name = "Test Customers", schema = "SALES", table = "CUSTOMERS" }
    }
  }

  assert {
    condition     = alltrue([for key, id in var.before : output.ids[key] == id])
    error_message = "A data source was replaced."
  }
}

run "rotates_the_password" {
  variables {
    server = {
      hostname            = "acme.snowflakecomputing.com"
      database            = "TEST"
      warehouse           = "IMMUTA_WH"
      username            = "IMMUTA"
      password_wo_version = 2
    }
    password = "not a real one either"
  }

  assert {
    condition     = immuta_snowflake_data_source.this["orders"].server.password_wo_version == 2
    error_message = "The new password was not sent."
  }
}

run "refuses_two_tables_of_one_name" {
  command = plan

  variables {
    tables = {
      orders   = { name = "Test Orders", schema = "SALES", table = "ORDERS" }
      archived = { name = "Test Orders", schema = "SALES", table = "ORDERS_2020" }
    }
  }

  expect_failures = [var.tables]
}
