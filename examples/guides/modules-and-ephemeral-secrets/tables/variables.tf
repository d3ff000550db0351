variable "server" {
  description = "The connection that all tables share, without its password."
  type = object({
    hostname                  = string
    port                      = optional(number)
    database                  = string
    warehouse                 = string
    username                  = string
    password_wo_version       = optional(number, 1)
    connection_string_options = optional(string)
  })
}

variable "password" {
  description = "Password of the connection. To rotate it, also increment server.password_wo_version."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "tables" {
  description = "The tables to register. The keys must never change."
  type = map(object({
    name        = string
    schema      = string
    table       = string
    description = optional(string)
    tags        = optional(set(string), [])
  }))

  validation {
    condition     = length(distinct([for table in var.tables : table.name])) == length(var.tables)
    error_message = "Two tables have the same name."
  }
}
