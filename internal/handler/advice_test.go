package handler

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	const connections = "manages its sources through connections"
	for name, test := range map[string]struct {
		status  int
		message string
		foreign bool
		want    string
	}{
		"connections":     {400, "This endpoint is deprecated, use connections instead.", false, connections},
		"managed":         {403, "The source is managed by a connection.", false, connections},
		"a connection":    {400, "The connection to the database failed.", false, "Correct the configuration"},
		"a 500 of theirs": {500, "connections are managed elsewhere", false, "Running again is safe"},
		"a gateway":       {404, "connections are deprecated", true, "not Immuta's"},
		"a taken name":    {409, "A data source of that name already exists.", false, "disabled data sources have theirs too"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			refusal := &immuta.Error{Request: "PUT /dataSource/1", Status: test.status, Message: test.message, Foreign: test.foreign}
			tf.AddError(&diags, "Doing it", explain(refusal), nil)
			if said := diags[0].Detail(); len(diags) != 1 || !strings.Contains(said, test.want) {
				t.Errorf("%s, want %q", said, test.want)
			}
		})
	}
}

// Secrets that are words of Immuta's own are masked in what is shown, but the advice does not depend on that.
func TestExplainDoesNotDependOnWhatIsMasked(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"e", "connection", "deprecated"} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(fake.New(fake.WithConnections()))
			t.Cleanup(server.Close)
			client, err := immuta.New(immuta.Config{
				Host: server.URL, APIKey: fake.DefaultAPIKey, MaxConcurrentRequests: 1, Headers: map[string]string{"X-Secret": secret},
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.CreateSource(t.Context(), "snowflake", map[string]any{})
			var diags diag.Diagnostics
			tf.AddError(&diags, "Doing it", explain(err), nil)
			if len(diags) != 1 || !strings.Contains(diags[0].Detail(), "manages its sources through connections") {
				t.Fatalf("a tenant with connections: %v", diags)
			}
		})
	}
}
