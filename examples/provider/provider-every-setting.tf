terraform {
  required_providers {
    immuta = {
      source = "terraform-immuta/immuta"
    }
  }
}

variable "immuta_api_key" {
  type      = string
  sensitive = true
  ephemeral = true # never written to a plan file
}

variable "corporate_ca_file" {
  type        = string
  description = "PEM file with the certificates of the company's own authority."
}

provider "immuta" {
  host           = "https://acme.hosted.immutacloud.com"
  api_key        = var.immuta_api_key
  authentication = "token"

  # The network between here and the tenant.
  ca_certificate = file(var.corporate_ca_file)
  headers = {
    "X-Gateway-Client" = "terraform"
  }

  # How hard to push.
  request_timeout         = "60s"
  max_retries             = 4
  max_concurrent_requests = 16
  requests_per_second     = 20

  # For every source that does not say otherwise.
  source_defaults = {
    on_destroy          = "disable"
    deletion_protection = true
  }
}
