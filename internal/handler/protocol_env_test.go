package handler_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	protoType     = "immuta_snowflake_data_source"
	protoPassword = "s3cret-Pa55word"
)

type attrs = map[string]any

// protoConfig is a configuration of a source, with some attributes changed; nil takes one away.
func protoConfig(changes ...attrs) attrs {
	config := attrs{
		"name": "Orders", "remote_schema": "SALES", "remote_table": "ORDERS", "server": protoServer(),
	}
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

// at is an attribute path as diagnostics show it.
func at(steps ...string) string {
	var text []string
	for _, step := range steps {
		text = append(text, fmt.Sprintf("AttributeName(%q)", step))
	}
	return strings.Join(text, ".")
}

// wantError fails unless an error holds all the texts.
func wantError(t *testing.T, diags acctest.Diagnostics, texts ...string) {
	t.Helper()
	wantOne(t, "error", diags.Errors(), texts)
}

// wantWarning fails unless a warning holds all the texts.
func wantWarning(t *testing.T, diags acctest.Diagnostics, texts ...string) {
	t.Helper()
	wantOne(t, "warning", diags.Warnings(), texts)
}

func wantOne(t *testing.T, kind string, got, texts []string) {
	t.Helper()
	if !slices.ContainsFunc(got, func(one string) bool { return holdsAll(one, texts) }) {
		t.Fatalf("no %s that holds %q, but: %q", kind, texts, got)
	}
}

func holdsAll(text string, parts []string) bool {
	return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) })
}

// wantErrorAt fails unless an error is on exactly this attribute.
func wantErrorAt(t *testing.T, diags acctest.Diagnostics, path string) {
	t.Helper()
	if !slices.ContainsFunc(diags, func(d *tfprotov6.Diagnostic) bool {
		return d.Severity == tfprotov6.DiagnosticSeverityError && d.Attribute.String() == path
	}) {
		t.Fatalf("no error on %s, but: %q", path, diags.Errors())
	}
}

func noErrors(t *testing.T, diags acctest.Diagnostics) {
	t.Helper()
	if errs := diags.Errors(); len(errs) > 0 {
		t.Fatalf("errors: %q", errs)
	}
}

func nothingReported(t *testing.T, diags acctest.Diagnostics) {
	t.Helper()
	if len(diags) > 0 {
		t.Fatalf("errors %q, warnings %q", diags.Errors(), diags.Warnings())
	}
}

// create applies a configuration for the first time.
func create(t *testing.T, p *acctest.Protocol, config attrs) acctest.Resource {
	t.Helper()
	r, diags := p.Apply(acctest.Resource{Type: protoType}, config)
	noErrors(t, diags)
	return r
}

// wantEmptyPlan refreshes, and plans the same configuration: nothing may be left to do.
func wantEmptyPlan(t *testing.T, p *acctest.Protocol, r acctest.Resource, config attrs) acctest.Resource {
	t.Helper()
	r, diags := p.Refresh(r)
	noErrors(t, diags)
	plan, diags := p.Plan(r, config)
	noErrors(t, diags)
	if !plan.Planned.Equal(r.State) {
		diffs, _ := r.State.Diff(plan.Planned)
		t.Fatalf("the plan is not empty: %v", diffs)
	}
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

// wantConfigured fails unless the only source of the tenant is what the state and the configuration say.
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
	compare("dataSourceName", metadata["dataSourceName"], config["name"])
	compare("event_time_column", metadata["eventTime"], config["event_time_column"])
	compare("warehouse", metadata["warehouse"], server["warehouse"])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the tenant does not hold the configuration (-want +got):\n%s", diff)
	}
}

// neverDeleted fails if anything asked the tenant to delete.
func neverDeleted(t *testing.T, tenant *fake.Tenant) {
	t.Helper()
	if n := tenant.Journal().Count("DELETE", "**"); n > 0 {
		t.Fatalf("%d DELETE requests: %q", n, tenant.Journal().Lines())
	}
	if n := tenant.Journal().Count("*", "/dataSource/bulk/delete"); n > 0 {
		t.Fatalf("bulk deletion: %q", tenant.Journal().Lines())
	}
}

// onWait makes the client call f instead of waiting.
func onWait(f func(context.Context, *waits)) (func(*immuta.Config), *waits) {
	w := &waits{}
	return func(c *immuta.Config) { c.Wait = w.wait(f) }, w
}
