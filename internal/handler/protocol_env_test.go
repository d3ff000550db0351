package handler_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const protoType = "immuta_snowflake_data_source"

type attrs = map[string]any

// changed is a configuration with attributes, given by their dotted paths, changed; nil takes one away.
func changed(config acctest.Config, changes ...attrs) acctest.Config {
	for _, c := range changes {
		for _, at := range slices.Sorted(maps.Keys(c)) {
			config = config.With(at, c[at])
		}
	}
	return config
}

// merged is all of the changes as one; the last one wins.
func merged(changes ...attrs) attrs {
	all := attrs{}
	for _, c := range changes {
		maps.Copy(all, c)
	}
	return all
}

// protoConfig is a configuration of a source of Snowflake that is named Orders.
func protoConfig(changes ...attrs) acctest.Config {
	return changed(snowflake().config.With("name", "Orders"), changes...)
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
func wantConfigured(t *testing.T, tenant *fake.Tenant, r acctest.Resource, config acctest.Config) {
	t.Helper()
	source := sourceOf(t, tenant, r)
	metadata, _ := tenant.Handler(source.HandlerID)
	secrets, _ := tenant.Secrets(source.HandlerID)
	got, want := attrs{"enabled": !source.Deleted}, attrs{"enabled": config.Get("enabled") != false}
	for at, has := range map[string]any{
		"name": source.Name, "description": source.Description, "documentation": source.Documentation, "organization": source.Organization,
		"private": source.Private, "remote_table": metadata["table"], "sql_table_name": source.SQLTableName,
		"event_time_column": metadata["eventTime"], "server.warehouse": metadata["warehouse"], "server.password_wo": secrets.Password,
	} {
		if configured := config.Get(at); configured != nil {
			got[at], want[at] = has, configured
		}
	}
	if name := config.Get("sql_table_name"); name != nil {
		got["bodataTableName"], want["bodataTableName"] = metadata["bodataTableName"], name
	}
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
