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
		p := env.Protocol(map[string]any{"authentication": authentication})
		opened, diags := p.Open(tokenType, nil)
		diags.WantNone(t)
		token, _ := acctest.Get(opened.Result, "token").(string)
		if token == "" || token == fake.DefaultAPIKey {
			t.Fatalf("%s: the token is %q", authentication, token)
		}
		if lines := env.Tenant.Journal().Lines(); len(lines) != 1 || lines[0] != "POST /bim/apikey/authenticate" {
			t.Errorf("%s: %q", authentication, lines)
		}

		// It is good for what it is meant for.
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, env.URL+"/bim/rpc/user/current", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: the token is answered %s", authentication, response.Status)
		}
		p.Close(opened).WantNone(t)
	}
}

func TestTokenErrors(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(map[string]any{"max_retries": 0})
	env.Tenant.RevokeKey(fake.DefaultAPIKey)
	_, diags := p.Open(tokenType, nil)
	diags.WantError(t, "Exchanging the API key for a session token failed", "does not accept the API key")
	env.Tenant.Fault(fake.Fault{Status: http.StatusOK, Body: `{"token": "told-once`})
	_, diags = p.Open(tokenType, nil)
	diags.WantError(t, "cannot be read")
	if errs := strings.Join(diags.Errors(), ""); strings.Contains(errs, "told-once") || strings.Contains(errs, fake.DefaultAPIKey) {
		t.Errorf("a secret is in %s", errs)
	}
	_, diags = env.Protocol(map[string]any{"api_key": acctest.Unknown}).Open(tokenType, nil)
	diags.WantError(t, "The provider is not configured yet")
}
