package handler_test

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestProtocolFailedRefreshKeepsTheState also insists that a stranger can tell what was attempted, what was said and what to
// do about it.
func TestProtocolFailedRefreshKeepsTheState(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fake.Fault
		want  []string
	}{
		"401":                  {fake.Fault{Status: 401, Message: "Unauthorized key"}, []string{"401 Unauthorized", "Unauthorized key", "IMMUTA_API_KEY", "authentication"}},
		"403":                  {fake.Fault{Status: 403, Message: "Not yours"}, []string{"403 Forbidden", "Not yours", "GOVERNANCE", "immuta_current_user"}},
		"422":                  {fake.Fault{Status: 422, Message: "Odd"}, []string{"422 Unprocessable Entity", "Odd", "Correct the configuration"}},
		"429":                  {fake.Fault{Status: 429}, []string{"429 Too Many Requests", "requests_per_second"}},
		"500":                  {fake.Fault{Status: 500, Message: "Broken"}, []string{"500 Internal Server Error", "Broken", "Immuta's side"}},
		"503":                  {fake.Fault{Status: 503}, []string{"503 Service Unavailable", "Immuta's side"}},
		"a redirect":           {fake.Fault{Status: 302, Header: map[string][]string{"Location": {"https://elsewhere.example.com/login"}}}, []string{"302", "https://elsewhere.example.com/login", "Redirects are not followed", "host"}},
		"404 that is not JSON": {fake.Fault{HTML: true, Status: 404}, []string{"404 Not Found", "not Immuta's", "host"}},
		"an HTML page":         {fake.Fault{HTML: true}, []string{"HTML page, not JSON", "Sign in", "login page", "host"}},
		"a truncated answer":   {fake.Fault{Truncate: true}, []string{"broke off", "can be reached"}},
		"half of a JSON text":  {fake.Fault{Status: 200, Body: `{"id": 10`}, []string{"cannot be read", `{"id": 10`}},
		"a JSON text":          {fake.Fault{Status: 200, Body: `"yes"`}, []string{"cannot be read"}},
		"an empty object":      {fake.Fault{Status: 200, Body: `{}`}, []string{"cannot be read"}},
		"a reset connection":   {fake.Fault{Reset: true}, []string{"can be reached", "HTTPS_PROXY"}},
	} {
		for half, path := range map[string]string{"source": "/dataSource/*", "handler": "/snowflake/handler/*"} {
			t.Run(name+" for the "+half, func(t *testing.T) {
				env, p := acctest.Start(t, nil)
				r := create(t, p, protoConfig())
				fault := test.fault
				fault.Method, fault.Path, fault.Times = "GET", path, fake.Always
				env.Tenant.Fault(fault)
				after, diags := p.Refresh(r)
				diags.WantError(t, append(test.want, "Reading data source 100 (Orders) failed", "GET "+strings.TrimSuffix(path, "*"))...)
				if !after.State.Equal(r.State) {
					t.Fatal("the state has changed")
				}
				env.Tenant.ClearFaults()
				p.WantEmptyPlan(t, after, protoConfig())
			})
		}
	}
}

func TestProtocolRefusedWritesSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fake.Fault
		want  []string
	}{
		"401":          {fake.Fault{Status: 401}, []string{"401", "api_key"}},
		"403":          {fake.Fault{Status: 403, Message: "You may not create data sources."}, []string{"You may not create data sources.", "CREATE_DATA_SOURCE"}},
		"404":          {fake.Fault{Status: 404, Message: "There is no route."}, []string{"404", "There is no route.", "whole route is missing"}},
		"422":          {fake.Fault{Status: 422, Message: "Unprocessable."}, []string{"Unprocessable.", "Correct the configuration"}},
		"500":          {fake.Fault{Status: 500, Message: "Broken."}, []string{"Broken.", "Immuta's side"}},
		"an HTML page": {fake.Fault{HTML: true}, []string{"HTML page", "login page"}},
	} {
		t.Run(name, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			fault := test.fault
			fault.Method = "POST"
			env.Tenant.Fault(fault)
			r, diags := p.Apply(absent(), protoConfig())
			diags.WantError(t, append(test.want, `Creating the data source "Orders" failed`, "POST /snowflake/handler")...)
			if r.Exists() {
				t.Fatal("an error beside a state taints the source")
			}
		})
	}
}

func TestProtocolValidationEntriesLandOnTheirAttributes(t *testing.T) {
	t.Parallel()
	for key, attribute := range map[string]string{
		"dataSource.name": "name", "name": "name", "handler.metadata.port": "server.port", "metadata.bodataTableName": "sql_table_name",
		"handler.metadata.warehouse": "server.warehouse", "schemaEvolution.ownerProfileId": "schema_evolution.owner_profile_id",
		"handler.metadata.nativeViewName": "native_view.name", "handler.metadata.connectionStringOptions": "server.connection_string_options",
		"columns": "columns", "expiration": "expiration",
	} {
		t.Run(key, func(t *testing.T) {
			env := acctest.New(t)
			env.Tenant.Fault(fake.Fault{Method: "POST", Status: 422, Body: `{"statusCode": 422, "message": "Validation failed",
				"validation": [{"code": "range", "path": "` + key + `", "message": "is out of range"}, {"code": "odd", "path": "some.key"}]}`})
			_, diags := env.Protocol(nil).Apply(absent(), protoConfig())
			diags.WantErrorAt(t, attribute, "is out of range", "Validation failed")
			diags.WantErrorAt(t, "", "some.key", "odd")
		})
	}
}

// TestProtocolGoneHandlerIsNotAGoneSource: the source's own answer decides.
func TestProtocolGoneHandlerIsNotAGoneSource(t *testing.T) {
	env, p := acctest.Start(t, nil)
	r := create(t, p, protoConfig())
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/snowflake/handler/*", Status: 404, Message: "Handler not found."})
	p.TryRefresh(r).WantError(t, "Handler not found.")
}

func TestProtocolCertificates(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	server := httptest.NewUnstartedServer(tenant)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // Refused handshakes are what is tested.
	server.StartTLS()
	t.Cleanup(server.Close)
	env := acctest.NewSerial(t)

	for _, operation := range []string{"create", "refresh"} {
		p := env.Protocol(attrs{"host": server.URL})
		var diags acctest.Diagnostics
		if operation == "create" {
			_, diags = p.Apply(absent(), protoConfig())
		} else {
			_, diags = p.Import(protoType, "100")
		}
		diags.WantError(t, "certificate", "ca_certificate", "insecure_skip_verify")
	}
	if n := len(tenant.Journal()); n > 0 {
		t.Fatalf("%d requests in spite of the certificate", n)
	}

	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	r := create(t, env.Protocol(attrs{"host": server.URL, "ca_certificate": authority}), protoConfig())
	p, diags := env.TryProtocol(attrs{"host": server.URL, "insecure_skip_verify": true})
	diags.WantWarningAt(t, "insecure_skip_verify", "not checked")
	p.WantEmptyPlan(t, r, protoConfig())
}

func TestProtocolConnectionManagedTenants(t *testing.T) {
	env, p := acctest.Start(t, nil)
	r := create(t, p, protoConfig())
	deletable := create(t, p, protoConfig(attrs{"name": "Second", "remote_table": "SECOND", "on_destroy": "delete"}))
	disabled := create(t, p, protoConfig(attrs{"name": "Disabled", "remote_table": "DISABLED", "enabled": false}))
	env.Tenant.Configure(fake.WithConnections())
	for name, test := range map[string]struct {
		r      acctest.Resource
		config attrs
	}{
		"create":  {absent(), protoConfig(attrs{"name": "Third", "remote_table": "THIRD"})},
		"restore": {disabled, protoConfig(attrs{"name": "Disabled", "remote_table": "DISABLED"})},
		"delete":  {deletable, nil},
	} {
		t.Run(name, func(t *testing.T) {
			after, diags := p.Apply(test.r, test.config)
			diags.WantError(t, "connection", `on_destroy = "abandon"`, "removed block", "Make the change there")
			if test.r.Exists() && !after.Exists() {
				t.Fatal("left the state")
			}
		})
	}
	p.WantEmptyPlan(t, r, protoConfig())
}

func TestProtocolAbandonedSourceNeedsNoTenant(t *testing.T) {
	was, is := acctest.New(t), acctest.NewSerial(t)
	r := create(t, was.Protocol(nil), protoConfig(attrs{"on_destroy": "abandon"}))
	is.Protocol(nil).Applied(r, nil)
	if lines := is.Tenant.Journal().Lines(); len(lines) > 0 {
		t.Fatalf("sent %q", lines)
	}
}

func TestProtocolImportOfNothing(t *testing.T) {
	diags := acctest.New(t).Protocol(nil).TryImport(protoType, "100")
	diags.WantNoError(t)
	diags.WantWarning(t, "100") // Terraform turns what is gone right after an import into an error.
}
