# by the data source's id
terraform import immuta_snowflake_data_source.orders 57

# by its name
terraform import immuta_snowflake_data_source.orders 'name:Sales Orders'

# by its handler's id
terraform import immuta_snowflake_data_source.orders snowflake/22
