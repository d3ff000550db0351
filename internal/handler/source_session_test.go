package handler_test

import (
	"encoding/json"
	"slices"
	"testing"

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
	sources := s.env.Tenant.Sources()
	if len(sources) != 1 {
		s.t.Fatalf("%d sources in the tenant, want one", len(sources))
	}
	return sources[0]
}

// behind changes a key of the handler's metadata behind Terraform's back.
func (s *session) behind(key string, value any) {
	s.t.Helper()
	s.env.Tenant.UpdateHandler(s.source().HandlerID, func(metadata map[string]any) { metadata[key] = value })
}
