terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    immuta = {
      source  = "terraform-immuta/immuta"
      version = "~> 0.1"
    }
  }
}

provider "immuta" {
  host = "https://acme.hosted.immutacloud.com"
  # The key comes from IMMUTA_API_KEY.
}
