package user_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const tokenType = "immuta_api_token"

func TestToken(t *testing.T) {
	t.Parallel()
	for _, authentication := range []string{"api_key", "bearer", "token"} {
		env := acctest.NewSerial(t)
		p := env.Protocol(attrs{"authentication": authentication})
		opened := p.Opened(tokenType, nil)
		token, _ := acctest.Get(opened.Result, "token").(string)
		if token == "" || token == fake.DefaultAPIKey {
			t.Fatalf("%s: the token is %q", authentication, token)
		}
		if lines := env.Tenant.Journal().Lines(); len(lines) != 1 || lines[0] != "POST /bim/apikey/authenticate" {
			t.Errorf("%s: %q", authentication, lines)
		}
		p.Close(opened).WantNone(t)

		// It is good for what it is meant for.
		env.Protocol(attrs{"api_key": token, "authentication": "bearer"}).Answered(currentUser, nil)
	}
}

func TestTokenErrors(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(attrs{"max_retries": 0})
	env.Tenant.RevokeKey(fake.DefaultAPIKey)
	p.TryOpen(tokenType, nil).WantError(t, "Exchanging the API key for a session token failed", "does not accept the API key")
	env.Tenant.Fault(fake.Fault{Status: http.StatusOK, Body: `{"token": "told-once`})
	diags := env.Protocol(attrs{"max_retries": 0}).TryOpen(tokenType, nil)
	diags.WantError(t, "cannot be read")
	if errs := strings.Join(diags.Errors(), ""); strings.Contains(errs, "told-once") || strings.Contains(errs, fake.DefaultAPIKey) {
		t.Errorf("a secret is in %s", errs)
	}
	env.Protocol(attrs{"api_key": acctest.Unknown}).TryOpen(tokenType, nil).WantError(t, "The provider is not configured yet")
}
