terraform {
  required_providers {
    immuta = {
      source = "terraform-immuta/immuta"
    }
  }
}

provider "immuta" {}
