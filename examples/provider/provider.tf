terraform {
  required_providers {
    immuta = {
      source = "terraform-immuta/immuta"
    }
  }
}

# The address comes from IMMUTA_HOST and the key from IMMUTA_API_KEY.
provider "immuta" {}
