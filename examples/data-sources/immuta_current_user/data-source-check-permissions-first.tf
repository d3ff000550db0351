# Fails the plan with a clear message if the user of the API key cannot create data sources.
data "immuta_current_user" "me" {
  lifecycle {
    postcondition {
      # If the tenant does not return permissions, assume that the user has this one.
      condition     = try(contains(self.permissions, "CREATE_DATA_SOURCE"), true)
      error_message = "The Immuta user with profile ${self.id} lacks the permission CREATE_DATA_SOURCE."
    }
  }
}
