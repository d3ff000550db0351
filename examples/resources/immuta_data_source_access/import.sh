# by the data source's id and the user's profile
terraform import immuta_data_source_access.grace 57/profile:12

# by the data source's id and the group
terraform import immuta_data_source_access.grace 57/group:3

# by the data source's id and the subscription
terraform import immuta_data_source_access.grace 57/subscription:88
