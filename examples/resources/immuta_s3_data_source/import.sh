# by the data source's id
terraform import immuta_s3_data_source.raw_orders 57

# by its name
terraform import immuta_s3_data_source.raw_orders 'name:Raw Orders'

# by its handler's id
terraform import immuta_s3_data_source.raw_orders native-s3/22
