# by the data source's id
terraform import immuta_data_dictionary.orders 57
