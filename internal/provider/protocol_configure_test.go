package provider_test

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const currentUser = "immuta_current_user"

// forget takes the provider's environment variables away for one test.
func forget(t *testing.T) {
	t.Helper()
	for _, name := range []string{"IMMUTA_HOST", "IMMUTA_API_KEY", "IMMUTA_API_TOKEN", "TF_APPEND_USER_AGENT"} {
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProtocolMissingHostAndKeyNameAttributeAndVariable(t *testing.T) {
	forget(t)
	env := acctest.NewSerial(t)
	_, diags := env.TryProtocol(attrs{"host": nil, "api_key": nil})
	diags.WantErrorAt(t, "host", "IMMUTA_HOST")
	diags.WantErrorAt(t, "api_key", "IMMUTA_API_KEY", "IMMUTA_API_TOKEN")
	if n := len(diags.Errors()); n != 2 {
		t.Fatalf("%d errors: %q", n, diags.Errors())
	}
	// What a variable says is checked, too.
	t.Setenv("IMMUTA_HOST", "https://acme.example.com/console")
	_, diags = env.TryProtocol(attrs{"host": nil})
	diags.WantErrorAt(t, "host", "/console", "https://acme.hosted.immutacloud.com")
}

func TestProtocolEnvironmentVariables(t *testing.T) {
	type variables = map[string]string
	for name, test := range map[string]struct {
		settings    attrs
		environment variables
		key         string
	}{
		"the key":                            {attrs{"api_key": nil}, variables{"IMMUTA_API_KEY": "one"}, "one"},
		"the token":                          {attrs{"api_key": nil}, variables{"IMMUTA_API_TOKEN": "two"}, "two"},
		"the key before the token":           {attrs{"api_key": nil}, variables{"IMMUTA_API_KEY": "one", "IMMUTA_API_TOKEN": "two"}, "one"},
		"the configuration before the key":   {attrs{"api_key": "three"}, variables{"IMMUTA_API_KEY": "one"}, "three"},
		"the configuration before the host":  {attrs{"api_key": "three"}, variables{"IMMUTA_HOST": "https://elsewhere.invalid"}, "three"},
		"a line break at the end of the key": {attrs{"api_key": "four\n"}, nil, "four"},
	} {
		t.Run(name, func(t *testing.T) {
			forget(t)
			env := acctest.NewSerial(t)
			for variable, value := range test.environment {
				t.Setenv(variable, value)
			}
			if _, both := test.settings["host"]; !both && test.environment["IMMUTA_HOST"] == "" {
				t.Setenv("IMMUTA_HOST", env.URL)
				test.settings["host"] = nil
			}
			env.Protocol(test.settings).DataSource(currentUser, nil)
			if sent := env.Tenant.Journal(); len(sent) != 1 || sent[0].Header.Get("Authorization") != test.key {
				t.Fatalf("sent %+v", sent)
			}
		})
	}
}

func TestProtocolBadConfigurationNamesTheAttribute(t *testing.T) {
	t.Parallel()
	const privateKey = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	for name, test := range map[string]struct {
		settings attrs
		at       string
		says     string
	}{
		"host with a path":        {attrs{"host": "https://acme.example.com/api"}, "host", "path"},
		"host with a query":       {attrs{"host": "https://acme.example.com?x=1"}, "host", "query"},
		"host with a fragment":    {attrs{"host": "https://acme.example.com#top"}, "host", "fragment"},
		"host with a user":        {attrs{"host": "https://me:secret@acme.example.com"}, "host", "user"},
		"host of another scheme":  {attrs{"host": "ftp://acme.example.com"}, "host", "scheme"},
		"host with an empty name": {attrs{"host": "https://:8443"}, "host", "no host"},
		"host that is no URL":     {attrs{"host": "https://acme example.com"}, "host", "not a URL"},
		"authentication":          {attrs{"authentication": "basic"}, "authentication", "bearer"},
		"duration without unit":   {attrs{"request_timeout": "60"}, "request_timeout", "90s"},
		"duration of words":       {attrs{"request_timeout": "a minute"}, "request_timeout", "90s"},
		"duration of nothing":     {attrs{"request_timeout": "0s"}, "request_timeout", "positive"},
		"negative duration":       {attrs{"request_timeout": "-5s"}, "request_timeout", "positive"},
		"negative retries":        {attrs{"max_retries": -1}, "max_retries", "between 0 and 100"},
		"no concurrency":          {attrs{"max_concurrent_requests": 0}, "max_concurrent_requests", "between 1 and 1000"},
		"negative rate":           {attrs{"requests_per_second": -0.5}, "requests_per_second", "at least 0"},
		"refresh":                 {attrs{"refresh": "fast"}, "refresh", "listing"},
		"on_destroy":              {attrs{"source_defaults": attrs{"on_destroy": "keep"}}, "source_defaults.on_destroy", "abandon"},
		"authorization header":    {attrs{"headers": attrs{"authorization": "x"}}, "headers.authorization", "api_key"},
		"host header":             {attrs{"headers": attrs{"Host": "x"}}, "headers.Host", "cannot be set"},
		"idempotency key":         {attrs{"headers": attrs{"x-idempotency-key": "1"}}, "headers.x-idempotency-key", "cannot be set"},
		"content header":          {attrs{"headers": attrs{"content-Length": "1"}}, "headers.content-Length", "cannot be set"},
		"impossible header name":  {attrs{"headers": attrs{"X Gateway": "1"}}, "headers.X Gateway", "name"},
		"impossible header value": {attrs{"headers": attrs{"X-Gateway": "one\ntwo"}}, "headers.X-Gateway", "value"},
		"no certificate at all":   {attrs{"ca_certificate": "corp-ca.pem"}, "ca_certificate", "PEM"},
		"a key as a certificate":  {attrs{"ca_certificate": privateKey}, "ca_certificate", "PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := acctest.New(t).TryProtocol(test.settings)
			diags.WantErrorAt(t, test.at, test.says)
			if strings.Contains(strings.Join(diags.Errors(), ""), "secret") {
				t.Fatalf("shows the password: %q", diags.Errors())
			}
		})
	}
}

func TestProtocolUnsafeConnectionsWarn(t *testing.T) {
	t.Parallel()
	for host, warns := range map[string]bool{
		"http://acme.example.com": true, "http://10.0.0.1:8080": true, "HTTP://ACME.example.com": true,
		"http://localhost:8080": false, "http://127.0.0.1": false, "http://127.8.8.8:1": false, "http://[::1]:8080": false,
		"https://acme.example.com": false, "acme.example.com": false, "acme.example.com:8443/": false,
	} {
		t.Run(host, func(t *testing.T) {
			_, diags := acctest.New(t).TryProtocol(attrs{"host": host})
			if !warns {
				diags.WantNone(t)
				return
			}
			diags.WantWarningAt(t, "host", "clear text", "https")
			diags.WantNoError(t)
		})
	}
	_, diags := acctest.NewSerial(t).TryProtocol(attrs{"insecure_skip_verify": true})
	diags.WantWarningAt(t, "insecure_skip_verify", "ca_certificate")
	diags.WantNoError(t)
}

func TestProtocolBareHostMeansHTTPS(t *testing.T) {
	tenant := fake.New()
	server := httptest.NewUnstartedServer(tenant)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	p := acctest.New(t).Protocol(attrs{"host": strings.TrimPrefix(server.URL, "https://"), "ca_certificate": authority})
	acctest.WantAttributes(t, p.Answered(currentUser, nil), attrs{"id": fake.DefaultProfileID})
}

func TestProtocolUnknownConnectionIsNoErrorWhilePlanning(t *testing.T) {
	t.Parallel()
	for name, unknown := range map[string]attrs{
		"host":                 {"host": acctest.Unknown},
		"key":                  {"api_key": acctest.Unknown},
		"both":                 {"host": acctest.Unknown, "api_key": acctest.Unknown},
		"certificate":          {"ca_certificate": acctest.Unknown},
		"headers":              {"headers": acctest.Unknown},
		"a header":             {"headers": attrs{"X-Gateway": acctest.Unknown}},
		"authentication":       {"authentication": acctest.Unknown},
		"insecure_skip_verify": {"insecure_skip_verify": acctest.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			r := env.Protocol(nil).Applied(acctest.Resource{Type: sourceType}, source())
			env.Tenant.ResetJournal()

			p := env.Protocol(unknown)
			plan := p.Planned(acctest.Resource{Type: sourceType}, source())
			acctest.WantAttributes(t, plan.Planned, map[string]any{"sql_table_name": "orders"})
			read, diags := p.Refresh(r)
			diags.WantNoError(t)
			diags.WantWarning(t, "Not refreshed", "data source 100")
			read.Same(t, r)
			p.TryApply(acctest.Resource{Type: sourceType}, source()).WantError(t, "not known before apply", `Creating the data source "Orders"`)
			p.TryApply(r, nil).WantError(t, "not known before apply", "Destroying data source 100 (Orders)")
			p.TryRead(currentUser, nil).WantError(t, "not known before apply")
			p.TryImport(sourceType, "name:Orders").WantError(t, "not known before apply")
			if lines := env.Tenant.Journal().Lines(); len(lines) > 0 {
				t.Fatalf("sent %q", lines)
			}
		})
	}
}

func TestProtocolOtherUnknownSettingsAreNoError(t *testing.T) {
	env := acctest.New(t)
	p, diags := env.TryProtocol(attrs{
		"request_timeout": acctest.Unknown, "max_retries": acctest.Unknown, "max_concurrent_requests": acctest.Unknown,
		"requests_per_second": acctest.Unknown, "refresh": acctest.Unknown, "source_defaults": acctest.Unknown,
	})
	diags.WantNone(t)
	p.Answered(currentUser, nil)
}

func TestProtocolUserAgentSaysWhoAsks(t *testing.T) {
	forget(t)
	t.Setenv("TF_APPEND_USER_AGENT", " acme-pipeline/7 ")
	env := acctest.NewSerial(t)
	env.Protocol(nil).Answered(currentUser, nil)
	const want = "terraform-provider-immuta/test (+https://registry.terraform.io/terraform-immuta/immuta) Terraform/1.15.0 acme-pipeline/7"
	if got := env.Tenant.Journal()[0].Header.Get("User-Agent"); got != want {
		t.Fatalf("user agent %q, want %q", got, want)
	}
}

func TestProtocolAuthenticationThreeWays(t *testing.T) {
	t.Parallel()
	for form, want := range map[any]string{nil: fake.DefaultAPIKey, "api_key": fake.DefaultAPIKey, "bearer": "Bearer " + fake.DefaultAPIKey} {
		t.Run("form "+want, func(t *testing.T) {
			env := acctest.New(t)
			env.Protocol(attrs{"authentication": form}).Answered(currentUser, nil)
			if got := env.Tenant.Journal()[0].Header.Get("Authorization"); got != want {
				t.Fatalf("Authorization %q, want %q", got, want)
			}
		})
	}
	t.Run("token, with headers", func(t *testing.T) {
		env := acctest.New(t)
		p := env.Protocol(attrs{"headers": attrs{"X-Gateway-Key": "g4teway", "x-tenant": "acme"}, "authentication": "token"})
		r := p.Applied(acctest.Resource{Type: sourceType}, source())
		exchanges := env.Tenant.Journal().Filter("POST", "/bim/apikey/authenticate")
		if len(exchanges) != 1 {
			t.Fatalf("%d exchanges", len(exchanges))
		}
		for i, request := range env.Tenant.Journal() {
			if request.Header.Get("X-Gateway-Key") != "g4teway" || request.Header.Get("X-Tenant") != "acme" {
				t.Errorf("%s has the headers %v", request, request.Header)
			}
			got := request.Header.Get("Authorization")
			if i > 0 && (!strings.HasPrefix(got, "Bearer ") || strings.Contains(got, fake.DefaultAPIKey)) {
				t.Fatalf("%s with Authorization %q", request, got)
			}
		}
		env.Tenant.ExpireSessions()
		p.Refreshed(r)
		env.Tenant.RevokeKey(fake.DefaultAPIKey)
		p.TryRefresh(r).WantError(t, "401", "IMMUTA_API_KEY")
	})
}

func TestProtocolSettingsReachTheClient(t *testing.T) {
	env := acctest.New(t)
	var seen immuta.Config
	env.Protocol(attrs{"request_timeout": "7s", "max_retries": 0, "max_concurrent_requests": 3, "requests_per_second": 2.5},
		func(c *immuta.Config) { seen = *c })
	if seen.RequestTimeout != 7*time.Second || seen.MaxRetries != 0 || seen.MaxConcurrentRequests != 3 || seen.RequestsPerSecond != 2.5 {
		t.Fatalf("%+v", seen)
	}
	env.Protocol(nil, func(c *immuta.Config) { seen = *c })
	if seen.RequestTimeout != time.Minute || seen.MaxRetries != 4 || seen.MaxConcurrentRequests != 32 || seen.RequestsPerSecond != 0 {
		t.Fatalf("defaults: %+v", seen)
	}
}
