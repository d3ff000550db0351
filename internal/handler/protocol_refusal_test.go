package handler_test

import (
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestProtocolFailuresSayWhatToDo insists that a stranger can tell what was attempted, what was said and what to do about it, and
// that a failed refresh keeps the state.
func TestProtocolFailuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	redirect := map[string][]string{"Location": {"https://elsewhere.example.com/login"}}
	for name, test := range map[string]struct {
		fault fake.Fault
		want  []string
		// also says that a create meets it as well.
		also bool
	}{
		"401": {
			fake.Fault{Status: 401, Message: "Unauthorized key"},
			[]string{"401 Unauthorized", "Unauthorized key", "IMMUTA_API_KEY", "authentication"}, true,
		},
		"403": {
			fake.Fault{Status: 403, Message: "Not yours"},
			[]string{"403 Forbidden", "Not yours", "CREATE_DATA_SOURCE", "GOVERNANCE", "immuta_current_user"}, true,
		},
		"422": {fake.Fault{Status: 422, Message: "Odd"}, []string{"422 Unprocessable Entity", "Odd", "Correct the configuration"}, true},
		"429": {fake.Fault{Status: 429}, []string{"429 Too Many Requests", "requests_per_second"}, true},
		"500": {fake.Fault{Status: 500, Message: "Broken"}, []string{"500 Internal Server Error", "Broken", "Immuta's side"}, true},
		"503": {fake.Fault{Status: 503}, []string{"503 Service Unavailable", "Immuta's side"}, true},
		"a redirect": {
			fake.Fault{Status: 302, Header: redirect},
			[]string{"302", "https://elsewhere.example.com/login", "Redirects are not followed", "host"}, true,
		},
		"404 that is not JSON": {fake.Fault{HTML: true, Status: 404}, []string{"404 Not Found", "not Immuta's", "host"}, true},
		"an HTML page":         {fake.Fault{HTML: true}, []string{"HTML page, not JSON", "Sign in", "login page", "host"}, true},
		"a truncated answer":   {fake.Fault{Truncate: true}, []string{"broke off", "can be reached"}, false},
		"half of a JSON text":  {fake.Fault{Status: 200, Body: `{"id": 10`}, []string{"cannot be read", `{"id": 10`}, true},
		"a JSON text":          {fake.Fault{Status: 200, Body: `"yes"`}, []string{"cannot be read"}, true},
		"an empty object":      {fake.Fault{Status: 200, Body: `{}`}, []string{"cannot be read"}, true},
		"a reset connection":   {fake.Fault{Reset: true}, []string{"can be reached", "HTTPS_PROXY"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			fault := test.fault
			fault.Times = fake.Always
			if test.also {
				fault.Method, fault.Path = "POST", "/snowflake/handler"
				env.Tenant.Fault(fault)
				attempted := append(test.want, `Creating the data source "Orders" failed`, "POST /snowflake/handler")
				p.TryApply(absent(), protoConfig()).WantError(t, attempted...)
				env.Tenant.ClearFaults()
			}
			r := create(t, p, protoConfig())
			for _, path := range []string{"/dataSource/*", "/snowflake/handler/*"} {
				fault.Method, fault.Path = "GET", path
				env.Tenant.Fault(fault)
				attempted := append(test.want, "Reading data source 100 (Orders) failed", "GET "+strings.TrimSuffix(path, "*"))
				p.TryRefresh(r).WantError(t, attempted...)
				env.Tenant.ClearFaults()
			}
			p.WantEmptyPlan(t, r, protoConfig())
		})
	}
}

func TestProtocolMissingRouteIsNamed(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "There is no route."})
	p.TryApply(absent(), protoConfig()).WantError(t, "404", "There is no route.", "whole route is missing")
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
			diags := env.Protocol(nil).TryApply(absent(), protoConfig())
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

func TestProtocolConnectionManagedTenants(t *testing.T) {
	env, p := acctest.Start(t, nil)
	r := create(t, p, protoConfig())
	deletable := create(t, p, protoConfig(attrs{"name": "Second", "remote_table": "SECOND", "on_destroy": "delete"}))
	disabled := create(t, p, protoConfig(attrs{"name": "Disabled", "remote_table": "DISABLED", "enabled": false}))
	env.Tenant.Configure(fake.WithConnections())
	for name, test := range map[string]struct {
		r      acctest.Resource
		config acctest.Config
	}{
		"create":  {absent(), protoConfig(attrs{"name": "Third", "remote_table": "THIRD"})},
		"restore": {disabled, protoConfig(attrs{"name": "Disabled", "remote_table": "DISABLED"})},
		"delete":  {deletable, nil},
	} {
		t.Run(name, func(t *testing.T) {
			said := []string{"connection", `on_destroy = "abandon"`, "removed block", "Make the change there"}
			p.TryApply(test.r, test.config).WantError(t, said...)
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

// TestProtocolARefusalIsPrintedOnce: the finding says the same as the message that it comes with.
func TestProtocolARefusalIsPrintedOnce(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	r := create(t, p, protoConfig())
	create(t, p, protoConfig(attrs{"name": "Returns", "remote_table": "RETURNS"}))
	const text = "name must be unique"
	env.Tenant.Fault(fake.Fault{
		Method: "PUT", Path: "/dataSource/*", Status: 422,
		Body: `{"statusCode": 422, "error": "Unprocessable Entity", "message": "` + text + `",
			"validation": [{"code": "unique", "path": "name", "message": "` + text + `"}]}`,
	})
	_, diags := p.Apply(r, protoConfig(attrs{"name": "Returns"}))
	diags.WantErrorAt(t, "name", "Immuta refused the value of name\n\n", "disabled data sources have theirs too")
	for _, d := range diags {
		if n := strings.Count(d.Detail, text); n != 1 {
			t.Errorf("the finding is there %d times: %s", n, d.Detail)
		}
	}
}
