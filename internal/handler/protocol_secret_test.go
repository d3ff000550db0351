package handler_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	// A secret with what JSON escapes, and one of base64.
	awkwardSecret = "pa\"ss\\wörd <&>/1"
	fileSecret    = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t"
	gatewaySecret = "g4teway-s3cret"
)

// secretForms are the changes that configure a secret in each of its forms.
func secretForms() map[string]attrs {
	return map[string]attrs{
		"password":    {"server.password_wo": nil, "server.password": awkwardSecret},
		"password_wo": {"server.password_wo": awkwardSecret},
		"content":     keyPair(attrs{keyHidden: nil, keyVersion: nil, keyContent: fileSecret}),
		"content_wo":  keyPair(attrs{keyHidden: fileSecret}),
	}
}

// wantNoSecret fails if a diagnostic shows a secret, plainly or as JSON writes it.
func wantNoSecret(t *testing.T, diags acctest.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		said := d.Summary + "\n" + d.Detail
		for _, secret := range []string{awkwardSecret, fileSecret, gatewaySecret, fake.DefaultAPIKey} {
			quoted, err := json.Marshal(secret)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(said, secret) || strings.Contains(said, strings.Trim(string(quoted), `"`)) {
				t.Fatalf("a secret is shown: %s", said)
			}
		}
	}
}

// quoting are faults of a tenant that quotes these secrets whatever goes wrong.
func quoting(secrets ...string) []fake.Fault {
	all := strings.Join(secrets, " and ")
	quoted, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return []fake.Fault{
		{Name: "a message", Status: 400, Message: "Cannot connect with " + all},
		{Name: "a message of a failure", Status: 500, Message: all},
		{Name: "a taken name", Status: 422, Message: "already exists: " + all},
		{Name: "findings", Status: 422, Body: fmt.Sprintf(`{"message": "no", "validation": [
			{"path": "handler.metadata.password", "message": %s}, {"path": %[1]s, "code": %[1]s}]}`, quoted)},
		{Name: "plain text", Status: 502, Body: all},
		{Name: "text that is no refusal", Status: 200, Body: all},
		{Name: "JSON that breaks off", Status: 200, Body: fmt.Sprintf(`{"metadata": {"password": %s, "userFiles": [`, quoted)},
		{Name: "a redirect", Status: 302, Header: map[string][]string{"Location": {"https://example.com/?q=" + secrets[0]}}},
	}
}

// TestProtocolNoDiagnosticShowsASecret has the tenant quote what it was sent in whatever goes wrong with it.
func TestProtocolNoDiagnosticShowsASecret(t *testing.T) {
	t.Parallel()
	secretOf := map[string]string{"password": awkwardSecret, "password_wo": awkwardSecret, "content": fileSecret, "content_wo": fileSecret}
	for name, form := range secretForms() {
		faults := quoting(secretOf[name], fake.DefaultAPIKey, gatewaySecret)
		if !strings.HasSuffix(name, "_wo") {
			faults = faults[:2] // On the wire both forms are the same.
		}
		for _, fault := range faults {
			t.Run(name+" in "+fault.Name, func(t *testing.T) {
				settings := attrs{"headers": attrs{"X-Gateway": gatewaySecret}, "max_retries": 0}
				env, p := acctest.Start(t, settings)
				config := protoConfig(form)
				fault.Method, fault.Path = "POST", "/snowflake/handler"
				env.Tenant.Fault(fault)
				diags := p.TryApply(absent(), config)
				diags.WantError(t)
				wantNoSecret(t, diags)

				env.Tenant.ClearFaults()
				r := create(t, p, config)
				fault.Method, fault.Path = "PUT", "/snowflake/handler/*"
				env.Tenant.Fault(fault)
				diags = p.TryApply(r, config.With("event_time_column", "AT"))
				wantNoSecret(t, diags)
				if fault.Status != 200 { // What a PUT of a handler answers is not looked at.
					diags.WantError(t)
				}
				if _, kept := acctest.Get(r.State, "server.password").(string); kept {
					// A run that sends no secret knows it from the state.
					fault.Method = "GET"
					env.Tenant.Fault(fault)
					diags = env.Protocol(settings).TryRefresh(r)
					diags.WantError(t)
					wantNoSecret(t, diags)
				}
			})
		}
	}
}

func TestProtocolWarningsOfACreateArePassedOnWithoutSecrets(t *testing.T) {
	env := acctest.New(t, fake.WithWarnings("Cannot connect with the password "+awkwardSecret))
	diags := env.Protocol(nil).TryApply(absent(), protoConfig(secretForms()["password_wo"]))
	diags.WantWarning(t, `Immuta warns about the data source "Orders"`, "Cannot connect with the password")
	wantNoSecret(t, diags)
}
