# Fails the plan, with a sentence that says why, when the key belongs to somebody who cannot create sources.
data "immuta_current_user" "me" {
  lifecycle {
    postcondition {
      # A tenant that does not tell gets the benefit of the doubt.
      condition     = try(contains(self.permissions, "CREATE_DATA_SOURCE"), true)
      error_message = "The Immuta user with profile ${self.id} lacks the permission CREATE_DATA_SOURCE."
    }
  }
}
