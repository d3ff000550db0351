variable "server" {
  description = "The connection, without its password."
  type        = any # an object type would drop unknown keys before the validation sees them

  validation {
    condition     = length(setsubtract(keys(var.server), ["hostname", "port", "database", "warehouse", "username", "password_wo_version"])) == 0
    error_message = "server has no such key: ${join(", ", setsubtract(keys(var.server), ["hostname", "port", "database", "warehouse", "username", "password_wo_version"]))}."
  }
}
