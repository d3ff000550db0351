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
  ephemeral = true
}

variable "gateway_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "corporate_ca_file" {
  type = string
}

provider "immuta" {
  host           = "https://immuta.corp.example"
  api_key        = var.immuta_api_key
  authentication = "token"

  ca_certificate = file(var.corporate_ca_file)
  headers = {
    "X-Gateway-Token" = var.gateway_token
  }
}
