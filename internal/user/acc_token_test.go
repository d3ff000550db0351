package user_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

func TestAccToken(t *testing.T) {
	env := acctest.New(t)
	env.RunEcho(resource.TestStep{
		Config: `
ephemeral "immuta_api_token" "mine" {}

provider "echo" {
  data = ephemeral.immuta_api_token.mine
}

resource "echo" "seen" {}
`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(
			"echo.seen", tfjsonpath.New("data").AtMapKey("token"), knownvalue.StringRegexp(regexp.MustCompile("^session-")),
		)},
	})
}
