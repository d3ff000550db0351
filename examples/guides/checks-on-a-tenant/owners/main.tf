variable "owners" {
  description = "Email addresses of the people who may own a data source."
  type        = set(string)
  default     = ["ada.byron@example.com", "terraform@example.com"]
}

data "immuta_data_sources" "finance" {
  tag           = ["Team.Finance"]
  select_fields = ["id"]
}

data "immuta_data_source_access" "owners" {
  for_each = { for source in data.immuta_data_sources.finance.data_sources : tostring(source.id) => source.id }

  data_source_id = each.value
  roles          = ["owner"]
  expand_groups  = true

  lifecycle {
    postcondition {
      condition     = length(setsubtract([for user in self.users : coalesce(user.email, user.name, "nobody")], var.owners)) == 0
      error_message = "Unexpected owner of data source ${self.data_source_id}: ${join(", ", setsubtract([for user in self.users : coalesce(user.email, user.name, "nobody")], var.owners))}."
    }
  }
}
