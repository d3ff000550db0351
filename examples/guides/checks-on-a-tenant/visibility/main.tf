locals {
  orders = 57
  # Columns that must be masked for analysts.
  secret = ["EMAIL", "CARD_NUMBER"]
}

# Lists the members of groups one by one, because visibility is evaluated for profiles, not for groups.
data "immuta_data_source_access" "analysts" {
  data_source_id = local.orders
  roles          = ["subscribed"]
  expand_groups  = true
}

data "immuta_visibility_report" "analyst" {
  for_each = toset([for user in data.immuta_data_source_access.analysts.users : tostring(user.profile_id) if user.profile_id != null])

  data_source_id   = local.orders
  profile_id       = each.value
  information_only = true

  lifecycle {
    postcondition {
      condition     = length(setsubtract(local.secret, [for column in coalesce(self.masked, []) : upper(column.name)])) == 0
      error_message = "Profile ${self.profile_id} sees columns of ${self.data_source_name} that should be masked."
    }

    postcondition {
      condition     = self.no_visibilities == false && try(self.user_visibilities_count < self.data_source_visibilities_count, false)
      error_message = "Profile ${self.profile_id} sees every row of ${self.data_source_name}."
    }
  }
}
