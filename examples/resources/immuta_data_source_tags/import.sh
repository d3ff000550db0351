# by the data source's id: takes over its curated tags
terraform import immuta_data_source_tags.orders 57
