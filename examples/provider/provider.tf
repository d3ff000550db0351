terraform {
  required_providers {
    immuta = {
      source  = "terraform-immuta/immuta"
      version = "~> 0.1"
    }
  }
}

# The address comes from IMMUTA_HOST and the key from IMMUTA_API_KEY.
provider "immuta" {}
