terraform {
  required_providers {
    immuta = {
      source = "terraform-immuta/immuta"
    }
  }
}

provider "immuta" {
  host = "https://acme.hosted.immutacloud.com"
  # The key comes from IMMUTA_API_KEY.
}
