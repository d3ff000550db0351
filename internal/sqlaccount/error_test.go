package sqlaccount

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

const advice = "later versions of Immuta have turned off"

func described(t *testing.T, err error) string {
	t.Helper()
	var diags diag.Diagnostics
	tf.AddError(&diags, "Doing it", explain(err), nil)
	if len(diags) != 1 {
		t.Fatalf("%v", diags)
	}
	return diags[0].Detail()
}

// Secrets that are words of Immuta's own are masked in what is shown, but the advice does not depend on that.
func TestAdviceDoesNotDependOnWhatIsMasked(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"e", "query engine", "turned off", "disabled", "dataSource"} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(fake.New(fake.WithoutQueryEngine()))
			t.Cleanup(server.Close)
			client, err := immuta.New(immuta.Config{
				Host: server.URL, APIKey: fake.DefaultAPIKey, MaxConcurrentRequests: 1, Headers: map[string]string{"X-Secret": secret},
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.SQLAccount(t.Context())
			if got := described(t, err); !strings.Contains(got, advice) {
				t.Error(got)
			}
		})
	}
}

func TestAdviceIsForRefusalsOfTheQueryEngineOnly(t *testing.T) {
	t.Parallel()
	const disabled = "It is disabled."
	for name, c := range map[string]struct {
		refusal immuta.Error
		want    bool
	}{
		"disabled":         {immuta.Error{Request: "GET " + calls, Status: 400, Message: disabled}, true},
		"not enabled":      {immuta.Error{Request: "PUT " + calls + "/password", Status: 403, Message: "Not enabled"}, true},
		"something else":   {immuta.Error{Request: "GET " + calls, Status: 400, Message: "odd"}, false},
		"another call":     {immuta.Error{Request: "POST /bim/apikey/authenticate", Status: 401, Message: disabled}, false},
		"a failure":        {immuta.Error{Request: "GET " + calls, Status: 500, Message: disabled}, false},
		"a gateway's word": {immuta.Error{Request: "GET " + calls, Status: 403, Message: disabled, Foreign: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := described(t, &c.refusal); strings.Contains(got, advice) != c.want {
				t.Error(got)
			}
		})
	}
}
