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

func secretServers() map[string]attrs {
	return map[string]attrs{
		"password":    protoServer(attrs{"password_wo": nil, "password_wo_version": nil, "password": awkwardSecret}),
		"password_wo": protoServer(attrs{"password_wo": awkwardSecret}),
		"content":     keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": nil, "content_wo_version": nil, "content": fileSecret})}}),
		"content_wo":  keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": fileSecret})}}),
	}
}

// wantReported fails unless something was reported without showing a secret.
func wantReported(t *testing.T, diags acctest.Diagnostics) {
	t.Helper()
	if len(diags) == 0 {
		t.Fatal("nothing was reported")
	}
	wantNoSecret(t, diags)
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
		{Name: "findings", Status: 422, Body: fmt.Sprintf(`{"message": "no", "validation": [{"path": "handler.metadata.password", "message": %s}, {"path": %[1]s, "code": %[1]s}]}`, quoted)},
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
	for name, server := range secretServers() {
		faults := quoting(secretOf[name], fake.DefaultAPIKey, gatewaySecret)
		if !strings.HasSuffix(name, "_wo") {
			faults = faults[:2] // On the wire both forms are the same.
		}
		for _, fault := range faults {
			t.Run(name+" in "+fault.Name, func(t *testing.T) {
				env, p := acctest.Start(t, attrs{"headers": attrs{"X-Gateway": gatewaySecret}, "max_retries": 0})
				config := protoConfig(attrs{"server": server})
				fault.Method, fault.Path = "POST", "/snowflake/handler"
				env.Tenant.Fault(fault)
				_, diags := p.Apply(absent(), config)
				wantReported(t, diags)

				env.Tenant.ClearFaults()
				r := create(t, p, config)
				fault.Method, fault.Path = "PUT", "/snowflake/handler/*"
				env.Tenant.Fault(fault)
				_, diags = p.Apply(r, protoConfig(attrs{"server": server, "event_time_column": "AT"}))
				if fault.Status != 200 { // What a PUT of a handler answers is not looked at.
					wantReported(t, diags)
				}
			})
		}
	}
}

// TestProtocolNoDiagnosticShowsTheKey does the same with what every request carries.
func TestProtocolNoDiagnosticShowsTheKey(t *testing.T) {
	t.Parallel()
	for _, authentication := range []string{"api_key", "token"} {
		for _, fault := range quoting(fake.DefaultAPIKey, gatewaySecret) {
			t.Run(authentication+" in "+fault.Name, func(t *testing.T) {
				env, p := acctest.Start(t, attrs{"headers": attrs{"X-Gateway": gatewaySecret}, "max_retries": 0, "authentication": authentication})
				r := create(t, p, protoConfig())
				fault.Times = fake.Always
				env.Tenant.Fault(fault)
				_, diags := p.Refresh(r)
				wantReported(t, diags)
				_, diags = p.Apply(r, protoConfig(attrs{"description": "x"}))
				wantReported(t, diags)
				_, diags = p.Apply(r, nil)
				wantReported(t, diags)
				_, diags = env.Protocol(attrs{"headers": attrs{"X-Gateway": gatewaySecret}, "authentication": authentication}).Import(protoType, "100")
				wantReported(t, diags)
			})
		}
	}
}

func TestProtocolWarningsOfACreateShowNoSecret(t *testing.T) {
	env := acctest.New(t, fake.WithWarnings("Cannot connect with the password "+awkwardSecret))
	_, diags := env.Protocol(nil).Apply(absent(), protoConfig(attrs{"server": secretServers()["password_wo"]}))
	diags.WantWarning(t, "Cannot connect with the password")
	wantNoSecret(t, diags)
}

func TestProtocolWriteOnlySecretsAreInNoPlanAndNoState(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"password_wo", "content_wo"} {
		t.Run(form, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			config := protoConfig(attrs{"server": secretServers()[form]})
			plan := p.Planned(absent(), config)
			r := create(t, p, config)
			r = p.WantEmptyPlan(t, r, config)
			for what, value := range map[string]string{
				"plan": fmt.Sprint(plan.Planned), "state": fmt.Sprint(r.State), "private state": string(r.Private),
			} {
				for _, secret := range []string{awkwardSecret, fileSecret} {
					if strings.Contains(value, secret) {
						t.Errorf("the %s holds the secret", what)
					}
				}
			}
			secrets, _ := env.Tenant.Secrets(env.Tenant.Sources()[0].HandlerID)
			if sent := fmt.Sprint(secrets); !strings.Contains(sent, awkwardSecret) && !strings.Contains(sent, fileSecret) {
				t.Fatalf("the tenant has %s", sent)
			}
		})
	}
}

func TestProtocolBadSecretsAreNotQuoted(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	const notBase64 = "-----BEGIN PRIVATE KEY-----"
	for _, attribute := range []string{"content", "content_wo"} {
		file := privateKey(attrs{"content_wo": nil, "content_wo_version": nil, attribute: notBase64})
		diags := p.Validate(protoType, protoConfig(attrs{"server": keyPair(attrs{"user_files": []any{file}})}))
		diags.WantErrorAt(t, "server.user_files.0."+attribute)
		if strings.Contains(strings.Join(diags.Errors(), ""), notBase64) {
			t.Fatalf("quotes it: %q", diags.Errors())
		}
	}
}
