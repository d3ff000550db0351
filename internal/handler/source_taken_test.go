package handler_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// leftover is the source that the configuration describes, disabled, in other letters and with another description.
func (tech technology) leftover(env *acctest.Env) fake.Source {
	seed := tech.seed
	seed.Deleted = true
	if tech.hasSQL() {
		seed.Hostname, seed.Database, seed.Schema, seed.Table = "ACME.Example.com", "prod", "sales", "orders"
	}
	profile, _ := env.Tenant.AddUser("Mallory")
	seed.Members = []fake.Member{{ProfileID: profile}}
	id := env.Tenant.AddSource(seed)
	env.Tenant.UpdateSource(id, func(s *fake.Source) { s.Description = "before it was disabled" })
	source, _ := env.Tenant.Source(id)
	return source
}

// TestSourceTakesOverWhatIsDisabled creates a source of which a disabled one stands in the tenant: that comes back under its
// own id, as configured, with a warning that names who can see it again.
func TestSourceTakesOverWhatIsDisabled(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.start(t)
		left := tech.leftover(s.env)
		s.apply(tech.config.With("description", "as configured"))
		s.wantTakenOver(left, true, "restored", "Mallory (subscribed)")
		s.want(tech.table, tech.config.Get(tech.table))
		s.wantSecret()
		calls := []string{post, "GET /dataSource/name/" + sourceName, "GET /{prefix}/handler/*", "GET /dataSource/*/access", putSet}
		if tech.hasSQL() {
			calls = append(calls, putHand)
		}
		s.wantCalls(append(calls, putSet, read)...)
	})
}

// wantTakenOver fails unless the source is the one that was left, as configured, and a warning with these texts says so.
func (s *session) wantTakenOver(left fake.Source, enabled bool, texts ...string) {
	s.t.Helper()
	s.want("id", left.ID)
	s.want("description", "as configured")
	s.want("enabled", enabled)
	s.diags.WantWarningAt(s.t, "name", append(texts, fmt.Sprintf("id %d", left.ID))...)
	if source := s.source(); source.Deleted != (enabled == false) || source.Description != "as configured" {
		s.t.Errorf("the source is %+v", source)
	}
}

// wantSecret fails unless the tenant has the configured secret, if any.
func (s *session) wantSecret() {
	s.t.Helper()
	secrets, _ := s.env.Tenant.Secrets(s.source().HandlerID)
	if want, _ := s.password().(string); secrets.Password != want {
		s.t.Errorf("the tenant's secret is %q, want %q", secrets.Password, want)
	}
}

// TestSourceTakesOverWhatStaysDisabled is the same with enabled = false: nobody gets anything back, not even in passing.
func TestSourceTakesOverWhatStaysDisabled(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.start(t)
		left := tech.leftover(s.env)
		s.env.Tenant.After("", "", func(*fake.Request) {
			if source, _ := s.env.Tenant.Source(left.ID); !source.Deleted {
				t.Error("the source was enabled")
			}
		})
		s.apply(tech.config.With("description", "as configured").With("enabled", false))
		s.wantTakenOver(left, false, "stays disabled")
	})
}

// TestSourceTakenName refuses to create a source whose name or table is somebody else's, says what is there and how to manage
// that instead, and changes nothing.
func TestSourceTakenName(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		for _, found := range []struct {
			name            string
			source          string
			table           string
			deleted, shared bool
			// at is the attribute to blame.
			at string
		}{
			{name: "live", source: sourceName, table: "ORDERS", at: "name"},
			{name: "live, another table", source: sourceName, table: "CUSTOMERS", at: "name", shared: true},
			{name: "disabled, another table", source: sourceName, table: "CUSTOMERS", deleted: true, at: "name"},
			{name: "live under another name", source: "Orders", table: "ORDERS", at: tech.table},
			{name: "disabled under another name", source: "Orders", table: "ORDERS", deleted: true, at: tech.table, shared: true},
		} {
			if found.shared && !tech.isFirst() {
				continue
			}
			t.Run(found.name, func(t *testing.T) {
				s := tech.start(t)
				table := found.table
				if table == "ORDERS" {
					table = fmt.Sprint(tech.config.Get(tech.table))
				}
				before, _ := tech.add(s.env, found.source, table)
				state := "live"
				if found.deleted {
					s.env.Tenant.Disable(before.ID)
					state = "disabled"
				}
				before = s.source()
				s.p.TryApply(s.r, tech.config).WantErrorAt(t, found.at,
					fmt.Sprintf("data source %d", before.ID), fmt.Sprintf("%q (%s, %s)", found.source, tech.label, state),
					fmt.Sprintf("terraform import %s.<name> '%d'", tech.resourceType, before.ID))
				if writes := s.env.Tenant.Journal().Writes().Lines(); !slices.Equal(writes, tech.calls(post)) {
					t.Errorf("it sent %q", writes)
				}
				wantSame(t, "the source", s.source(), before)
			})
		}
	})
}

// TestSourceTakenByAnotherTechnology does not take over a disabled source of the name that stands for something else entirely.
func TestSourceTakenByAnotherTechnology(t *testing.T) {
	s := snowflake().start(t)
	id := s.env.Tenant.AddSource(fake.SourceSpec{
		Technology: "Redshift", Name: sourceName, Schema: "SALES", Table: "ORDERS", Deleted: true,
	})
	s.p.TryApply(s.r, s.tech.config).WantErrorAt(t, "name", fmt.Sprintf("data source %d", id), "Redshift, disabled")
	if source := s.source(); !source.Deleted {
		t.Error("the source was restored")
	}
}

// TestSourceTakesOverAQuery knows a disabled query-backed source by its query.
func TestSourceTakesOverAQuery(t *testing.T) {
	config := snowflake().config.Without("remote_schema", "remote_table").With("query", "select 1")
	s := snowflake().start(t)
	seed := s.tech.seed
	seed.Schema, seed.Table, seed.Deleted = "", "", true
	seed.Query = "select 2"
	id := s.env.Tenant.AddSource(seed)
	s.p.TryApply(s.r, config).WantErrorAt(t, "name", fmt.Sprintf("data source %d", id))
	s.env.Tenant.UpdateHandler(s.source().HandlerID, func(metadata map[string]any) { metadata["query"] = "select 1" })
	s.apply(config)
	s.want("id", id)
}
