terraform {
  required_providers {
    immuta = {
      source  = "terraform-immuta/immuta"
      version = "~> 0.1"
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
  description = "PEM file with the company's CA certificates."
}

provider "immuta" {
  host           = "https://acme.hosted.immutacloud.com"
  api_key        = var.immuta_api_key
  authentication = "token"

  # Network
  ca_certificate = file(var.corporate_ca_file)
  headers = {
    "X-Gateway-Client" = "terraform"
  }

  # Timeouts, retries and rate limits
  request_timeout         = "60s"
  max_retries             = 4
  max_concurrent_requests = 16
  requests_per_second     = 20

  # Defaults that a data source can override
  source_defaults = {
    on_destroy          = "disable"
    deletion_protection = true
  }
}
