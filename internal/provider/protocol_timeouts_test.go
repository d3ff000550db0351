package provider_test

import (
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// within is a configuration with one timeout.
func within(config acctest.Config, operation, limit string) acctest.Config {
	return config.With("timeouts", attrs{operation: limit})
}

// isSource tells whether the noun has the lifecycle of sources instead of the base of the other nouns.
func (n *noun) isSource() bool { return strings.HasSuffix(n.resource, "_data_source") }

// TestProtocolEveryNounHeedsItsTimeouts lets each operation run out of time, and wants to be told which of them did.
func TestProtocolEveryNounHeedsItsTimeouts(t *testing.T) {
	t.Parallel()
	const none = "1ns"
	for _, n := range nouns() {
		if n.isSource() {
			continue
		}
		t.Run(n.name(), func(t *testing.T) {
			t.Parallel()
			s := n.newStage(t)
			s.config = n.arrange(s)
			_, diags := s.provider(nil).Apply(s.absent(), within(s.config, "create", none))
			diags.WantError(t, "the create timeout (1ns) ran out", "longer timeouts")
			if s.alive() {
				t.Fatal("something was created")
			}

			short := func(operation string) acctest.Resource {
				r, diags := s.provider(nil).Apply(s.absent(), within(s.config, operation, none))
				diags.WantNoError(t)
				return r
			}
			r := short("read")
			_, diags = s.provider(nil).Refresh(r)
			diags.WantError(t, "the read timeout (1ns) ran out", "longer timeouts")
			_, diags = s.provider(nil).Apply(r, nil)
			diags.WantNoError(t)

			_, diags = s.provider(nil).Apply(short("delete"), nil)
			diags.WantError(t, "the delete timeout (1ns) ran out", "longer timeouts")
			if !s.alive() {
				t.Fatal("it was deleted")
			}
		})
	}
}

// TestProtocolEveryUpdateHeedsItsTimeout is for what can be changed; the rest has no such timeout.
func TestProtocolEveryUpdateHeedsItsTimeout(t *testing.T) {
	t.Parallel()
	editable := map[string]bool{}
	for _, n := range nouns() {
		editable[n.resource] = editable[n.resource] || n.edit != nil
	}
	for _, n := range nouns() {
		if n.isSource() {
			continue
		}
		t.Run(n.name(), func(t *testing.T) {
			t.Parallel()
			s, r := n.play(t)
			if has := s.provider(nil).Has(n.resource, "timeouts.update"); has != editable[n.resource] {
				t.Fatalf("there is an update timeout: %t", has)
			}
			if n.edit == nil {
				return
			}
			_, diags := s.provider(nil).Apply(r, within(s.config.Merge(n.edit), "update", "1ns"))
			diags.WantError(t, "the update timeout (1ns) ran out", "longer timeouts")
		})
	}
}

// TestProtocolTimeoutsAreNoChange: other timeouts are written into the state, and Immuta is told nothing.
func TestProtocolTimeoutsAreNoChange(t *testing.T) {
	t.Parallel()
	for _, n := range nouns() {
		t.Run(n.name(), func(t *testing.T) {
			t.Parallel()
			s, r := n.play(t)
			config := within(s.config, "create", "1h")
			s.Tenant.ResetJournal()
			after := s.provider(nil).MustApply(t, r, config)
			for _, one := range s.Tenant.Journal().Lines() {
				if !strings.HasPrefix(one, "GET ") {
					t.Errorf("a change of the timeouts alone sent %s", one)
				}
			}
			if got := acctest.Get(after.State, "timeouts.create"); got != "1h" {
				t.Errorf("the state holds %v", got)
			}
			plan, diags := s.provider(nil).Plan(after, config)
			diags.WantNone(t)
			if !plan.Planned.Equal(after.State) {
				t.Error("the second plan is not empty")
			}
		})
	}
}

// TestProtocolDataSourcesHeedTheirTimeout stands for all: they share the code.
func TestProtocolDataSourcesHeedTheirTimeout(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	_, diags := env.Protocol(nil).DataSource("immuta_current_user", attrs{"timeouts": attrs{"read": "1ns"}})
	diags.WantError(t, "Reading the current user", "the read timeout (1ns) ran out", "longer timeouts")
	state, diags := env.Protocol(nil).DataSource("immuta_current_user", attrs{"timeouts": attrs{"read": "1h"}})
	diags.WantNone(t)
	if got := acctest.Get(state, "timeouts.read"); got != "1h" {
		t.Errorf("the state holds %v", got)
	}
}

// TestProtocolImportByNothing: an empty id says nothing, and an identity without a value as little.
func TestProtocolImportByNothing(t *testing.T) {
	t.Parallel()
	for _, n := range nouns() {
		t.Run(n.name(), func(t *testing.T) {
			t.Parallel()
			s := n.newStage(t)
			_, diags := s.provider(nil).Import(n.resource, "")
			diags.WantError(t, "Nothing to import by", "The import id is empty", "or an identity with ")
			_, diags = s.provider(nil).ImportIdentity(n.resource, attrs{})
			diags.WantError(t, "Nothing to import by")
			if calls := s.Tenant.Journal().Lines(); len(calls) > 0 {
				t.Errorf("it asked %q", calls)
			}
		})
	}
}
