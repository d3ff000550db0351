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

// TestProtocolEveryNounHeedsItsTimeouts lets each operation run out of time, and wants to be told which of them did. What can be
// changed has a timeout for that; the rest has none.
func TestProtocolEveryNounHeedsItsTimeouts(t *testing.T) {
	editable := map[string]bool{}
	for _, n := range nouns() {
		editable[n.resource] = editable[n.resource] || n.edit != nil
	}
	eachNoun(t, func(t *testing.T, n noun) {
		if n.isSource() {
			return
		}
		s := n.newStage(t)
		s.config = n.arrange(s)
		wantLate := func(operation string, diags acctest.Diagnostics) {
			t.Helper()
			diags.WantError(t, "the "+operation+" timeout (1ns) ran out", "longer timeouts")
		}
		short := func(operation string) acctest.Config { return within(s.config, operation, "1ns") }
		p := s.provider(nil)
		wantLate("create", p.TryApply(s.absent(), short("create")))
		if s.alive() {
			t.Fatal("something was created")
		}
		r := p.Applied(s.absent(), short("read"))
		wantLate("read", p.TryRefresh(r))
		p.Applied(r, nil)

		r = s.provider(nil).Applied(s.absent(), short("delete"))
		if has := p.Has(n.resource, "timeouts.update"); has != editable[n.resource] {
			t.Fatalf("there is an update timeout: %t", has)
		}
		if n.edit != nil {
			wantLate("update", s.provider(nil).TryApply(r, short("update").Merge(n.edit)))
		}
		wantLate("delete", s.provider(nil).TryApply(r, nil))
		if !s.alive() {
			t.Fatal("it was deleted")
		}
	})
}

// TestProtocolTimeoutsAreNoChange: other timeouts are written into the state, and Immuta is told nothing.
func TestProtocolTimeoutsAreNoChange(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		config := within(s.config, "create", "1h")
		s.Tenant.ResetJournal()
		after := s.provider(nil).MustApply(t, r, config)
		if writes := s.Tenant.Journal().Writes().Lines(); len(writes) > 0 {
			t.Errorf("a change of the timeouts alone sent %q", writes)
		}
		s.provider(nil).Want(after, "timeouts.create", "1h")
	})
}

// TestProtocolDataSourcesHeedTheirTimeout stands for all: they share the code.
func TestProtocolDataSourcesHeedTheirTimeout(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	p.TryRead(currentUser, attrs{"timeouts": attrs{"read": "1ns"}}).
		WantError(t, "Reading the current user", "the read timeout (1ns) ran out", "longer timeouts")
	state := p.Answered(currentUser, attrs{"timeouts": attrs{"read": "1h"}})
	acctest.WantAttributes(t, state, attrs{"timeouts.read": "1h"})
}

// TestProtocolImportByNothing: an empty id says nothing, and an identity without a value as little.
func TestProtocolImportByNothing(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s := n.newStage(t)
		p := s.provider(nil)
		p.TryImport(n.resource, "").WantError(t, "Nothing to import by", "The import id is empty", "or an identity with ")
		_, diags := p.ImportIdentity(n.resource, attrs{})
		diags.WantError(t, "Nothing to import by")
		if calls := s.Tenant.Journal().Lines(); len(calls) > 0 {
			t.Errorf("it asked %q", calls)
		}
	})
}
