ephemeral "immuta_api_token" "session" {}

# Calls an API that this provider has no resource for.
resource "terraform_data" "projects" {
  provisioner "local-exec" {
    command = "curl --fail --header \"Authorization: Bearer $TOKEN\" https://acme.hosted.immutacloud.com/project?size=10"
    environment = {
      TOKEN = ephemeral.immuta_api_token.session.token
    }
  }
}
