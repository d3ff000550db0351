variable "schema_version" {
  type = string
}

# Looks for new tables and changed columns after each migration.
resource "terraform_data" "migration" {
  input = var.schema_version

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.immuta_detect_remote_changes.prod]
    }
  }
}

action "immuta_detect_remote_changes" "prod" {
  config {
    hostname = "acme.snowflakecomputing.com"
    database = "PROD"
    timeout  = "30m"
  }
}
