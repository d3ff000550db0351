package handler_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	protoType     = "immuta_snowflake_data_source"
	protoPassword = "s3cret-Pa55word"
)

type attrs = map[string]any

type diagnostic = tfprotov6.Diagnostic

// protoConfig is a configuration of a source, with some attributes changed; nil takes one away.
func protoConfig(changes ...attrs) attrs {
	config := attrs{"name": "Orders", "remote_schema": "SALES", "remote_table": "ORDERS", "server": protoServer()}
	for _, c := range changes {
		maps.Copy(config, c)
	}
	return config
}

// protoServer is a server with a write-only password, with some attributes changed.
func protoServer(changes ...attrs) attrs {
	server := attrs{
		"hostname": "acme.snowflakecomputing.com", "database": "PROD", "warehouse": "IMMUTA_WH",
		"username": "IMMUTA", "password_wo": protoPassword, "password_wo_version": 1,
	}
	for _, c := range changes {
		maps.Copy(server, c)
	}
	return server
}

// absent is the resource before it is created.
func absent() acctest.Resource { return acctest.Resource{Type: protoType} }

// create applies a configuration for the first time.
func create(t *testing.T, p *acctest.Protocol, config attrs) acctest.Resource {
	t.Helper()
	return applied(t, p, absent(), config)
}

// applied applies a configuration, which may be reported on, but not as an error.
func applied(t *testing.T, p *acctest.Protocol, r acctest.Resource, config attrs) acctest.Resource {
	t.Helper()
	r, diags := p.Apply(r, config)
	diags.WantNoError(t)
	return r
}

// sourceOf is the only source of the tenant, which must be the one that the state knows.
func sourceOf(t *testing.T, tenant *fake.Tenant, r acctest.Resource) fake.Source {
	t.Helper()
	sources := tenant.Sources()
	if len(sources) != 1 {
		t.Fatalf("%d sources in the tenant, want one: %+v", len(sources), sources)
	}
	if id := acctest.Get(r.State, "id"); id != int64(sources[0].ID) {
		t.Fatalf("the state has the id %v, the tenant's only source %d", id, sources[0].ID)
	}
	return sources[0]
}

// wantConfigured fails unless the only source of the tenant is the one in the state and as configured.
func wantConfigured(t *testing.T, tenant *fake.Tenant, r acctest.Resource, config attrs) {
	t.Helper()
	source := sourceOf(t, tenant, r)
	metadata, _ := tenant.Handler(source.HandlerID)
	secrets, _ := tenant.Secrets(source.HandlerID)
	server, _ := config["server"].(attrs)
	enabled, given := config["enabled"].(bool)
	got := attrs{"enabled": !source.Deleted, "password": secrets.Password}
	want := attrs{"enabled": enabled || !given, "password": server["password_wo"]}
	compare := func(key string, has, configured any) {
		if configured != nil {
			got[key], want[key] = has, configured
		}
	}
	compare("name", source.Name, config["name"])
	compare("description", source.Description, config["description"])
	compare("documentation", source.Documentation, config["documentation"])
	compare("organization", source.Organization, config["organization"])
	compare("private", source.Private, config["private"])
	compare("remote_table", metadata["table"], config["remote_table"])
	compare("sql_table_name", source.SQLTableName, config["sql_table_name"])
	compare("bodataTableName", metadata["bodataTableName"], config["sql_table_name"])
	compare("event_time_column", metadata["eventTime"], config["event_time_column"])
	compare("warehouse", metadata["warehouse"], server["warehouse"])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the tenant does not hold the configuration (-want +got):\n%s", diff)
	}
}

// wantNothingDeleted fails if anything asked the tenant to delete: two of those destroy a source.
func wantNothingDeleted(t *testing.T, tenant *fake.Tenant) {
	t.Helper()
	if tenant.Journal().Count("DELETE", "") > 0 || tenant.Journal().Count("", "/dataSource/bulk/delete") > 0 {
		t.Fatalf("something was deleted: %q", tenant.Journal().Lines())
	}
}
