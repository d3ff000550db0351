# by the data source's id: imports all columns, with their curated tags
terraform import immuta_data_dictionary.orders 57
