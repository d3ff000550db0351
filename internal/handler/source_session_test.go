package handler_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A session is one source under the plugin protocol, on a tenant of its own.
type session struct {
	t    *testing.T
	env  *acctest.Env
	p    *acctest.Protocol
	tech technology

	config acctest.Config
	r      acctest.Resource
	// sent is the journal of the last apply, without the refresh before and after.
	sent fake.Journal
	// diags is what the last apply reported.
	diags acctest.Diagnostics
}

// start begins a session without a source.
func (tech technology) start(t *testing.T, options ...fake.Option) *session {
	t.Helper()
	env := tech.env(t, options...)
	return &session{t: t, env: env, p: env.Protocol(nil), tech: tech, r: tech.absent()}
}

// created begins a session with a source of a configuration.
func (tech technology) created(t *testing.T, config acctest.Config, options ...fake.Option) *session {
	t.Helper()
	s := tech.start(t, options...)
	s.apply(config)
	return s
}

// apply applies a configuration; the next plan must be empty. What somebody else has changed, it sees after a refresh.
func (s *session) apply(config acctest.Config) {
	s.t.Helper()
	s.env.Tenant.ResetJournal()
	s.r, s.diags = s.p.Apply(s.r, config)
	s.sent = s.env.Tenant.Journal()
	s.diags.WantNoError(s.t)
	s.config = config
	applied := s.r.State
	s.refresh()
	if !applied.Equal(s.r.State) {
		differences, _ := applied.Diff(s.r.State)
		s.t.Errorf("the next refresh finds other values than the apply left: %v", differences)
	}
	s.p.PlansNothing(s.r, config)
}

// applyBy applies a configuration by these groups of requests, and no others; see technology.calls.
func (s *session) applyBy(config acctest.Config, groups ...string) {
	s.t.Helper()
	s.apply(config)
	s.wantCalls(groups...)
}

// refresh reads the source.
func (s *session) refresh() {
	s.t.Helper()
	s.r = s.p.Refreshed(s.r)
}

// wantCalls fails unless the last apply sent these groups of requests, see technology.calls.
func (s *session) wantCalls(groups ...string) {
	s.t.Helper()
	want := acctest.SortReads(s.tech.calls(groups...))
	if got := acctest.Calls(s.sent); !slices.Equal(got, want) {
		s.t.Errorf("the apply sent %q, want %q", got, want)
	}
}

// want fails unless an attribute of the state has a value.
func (s *session) want(at string, value any) {
	s.t.Helper()
	wantSame(s.t, "the state's "+at, acctest.Get(s.r.State, at), value)
}

// wantSame compares values by their JSON.
func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if asJSON(t, got) != asJSON(t, want) {
		t.Errorf("%s is %s, want %s", what, asJSON(t, got), asJSON(t, want))
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// source is the tenant's only source.
func (s *session) source() fake.Source {
	s.t.Helper()
	return onlySource(s.t, s.env.Tenant)
}

func onlySource(t *testing.T, tenant *fake.Tenant) fake.Source {
	t.Helper()
	sources := tenant.Sources()
	if len(sources) != 1 {
		t.Fatalf("%d sources in the tenant, want one: %+v", len(sources), sources)
	}
	return sources[0]
}

// behind changes a key of the handler's metadata behind Terraform's back.
func (s *session) behind(key string, value any) {
	s.t.Helper()
	s.env.Tenant.UpdateHandler(s.source().HandlerID, func(metadata map[string]any) { metadata[key] = value })
}

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
	source := onlySource(t, tenant)
	if id := acctest.Get(r.State, "id"); id != int64(source.ID) {
		t.Fatalf("the state has the id %v, the tenant's only source %d", id, source.ID)
	}
	return source
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
