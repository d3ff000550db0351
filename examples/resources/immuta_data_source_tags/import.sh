# by the data source's id: imports its curated tags
terraform import immuta_data_source_tags.orders 57
