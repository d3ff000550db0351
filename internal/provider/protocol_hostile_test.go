package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// eachNoun runs a test for every kind of resource.
func eachNoun(t *testing.T, test func(t *testing.T, n noun)) {
	t.Helper()
	t.Parallel()
	for _, n := range nouns() {
		t.Run(n.name(), func(t *testing.T) {
			t.Parallel()
			test(t, n)
		})
	}
}

// TestProtocolHostileKnowsEveryResource keeps the table complete.
func TestProtocolHostileKnowsEveryResource(t *testing.T) {
	t.Parallel()
	var known []string
	for _, n := range nouns() {
		known = append(known, n.resource)
	}
	for _, construct := range provider.New("test").Resources(t.Context()) {
		var resp resource.MetadataResponse
		construct().Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "immuta"}, &resp)
		if !slices.Contains(known, resp.TypeName) {
			t.Errorf("%s is not tested in a hostile environment", resp.TypeName)
		}
	}
}

// wantRefused refreshes, and fails unless that is an error that changes nothing, this time and the next.
func wantRefused(t *testing.T, p *acctest.Protocol, r acctest.Resource, texts ...string) {
	t.Helper()
	for range 2 {
		after, diags := p.Refresh(r)
		diags.WantError(t, texts...)
		after.Same(t, r)
		r = after
	}
}

// TestProtocolAnotherTenant points the provider at a tenant that has nothing, and at one that has as much under the same ids.
func TestProtocolAnotherTenant(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		twin, _ := n.play(t, fake.WithEpoch(fake.Epoch.AddDate(1, 0, 0)))
		for name, there := range map[string]*stage{"empty": n.newStage(t), "the same ids": twin} {
			t.Run(name, func(t *testing.T) {
				wantRefused(t, s.elsewhere(there.URL), r, "Another tenant")
				there.Tenant.ResetJournal()
				if n.edit != nil {
					s.elsewhere(there.URL).TryApply(r, s.config.Merge(n.edit)).WantError(t, "Another tenant", "was not tried")
				}
				s.elsewhere(there.URL).TryApply(r, nil).WantError(t, "Another tenant", "was not tried")
				if calls := there.Tenant.Journal().Lines(); len(calls) > 0 {
					t.Errorf("the other tenant was asked for %q", calls)
				}
			})
		}
		if !s.alive() || !twin.alive() {
			t.Error("something was destroyed")
		}
	})
}

// TestProtocolWithoutAConnection has the host not known yet, as while another resource of the same run makes it: a refresh
// leaves things as they are with a warning, and nothing can be applied.
func TestProtocolWithoutAConnection(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		p := s.provider(attrs{"host": acctest.Unknown})
		after, diags := p.Refresh(r)
		diags.WantNoError(t)
		diags.WantWarning(t, "Not refreshed")
		after.Same(t, r)
		const says = "The provider is not configured yet"
		p.TryApply(s.absent(), s.config).WantError(t, says)
		p.TryApply(r, nil).WantError(t, says)
		if n.edit != nil {
			p.TryApply(r, s.config.Merge(n.edit)).WantError(t, says)
		}
	})
}

// TestProtocolNewAddress serves the tenant under another name, too. What proves itself is recognized; the rest is believed
// only beside a source that was read before it.
func TestProtocolNewAddress(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		witness := sourceNoun("s3", "Native S3", attrs{"name": "Witness", "integration_id": 4, "prefix": "witness"})
		beside := s.provider(nil).MustApply(t, acctest.Resource{Type: witness.resource}, witness.arrange(s))
		moved := httptest.NewServer(s.Tenant)
		t.Cleanup(moved.Close)

		p := s.elsewhere(moved.URL)
		if !n.proof {
			wantRefused(t, p, r, "Another tenant", "depends_on")
			p.TryRefresh(beside).WantWarning(t, "new address")
		}
		r, diags := p.Refresh(r)
		diags.WantNoError(t)
		diags.WantWarning(t, "new address")
		if r, diags = p.Refresh(r); len(diags) > 0 {
			t.Errorf("the new address is not kept: %q", diags.Warnings())
		}
		if n.edit != nil {
			r = p.Applied(r, s.config.Merge(n.edit))
		}
		p.Applied(r, nil)
		if s.alive() {
			t.Error("the destroy did nothing")
		}
	})
}

// wantRemoved fails unless a refresh finds the object gone.
func (s *stage) wantRemoved(t *testing.T, r acctest.Resource) {
	t.Helper()
	s.provider(nil).Gone(r, "Immuta does not know the ", "removed from the state")
}

// TestProtocolGone deletes the object behind the provider's back, by itself and with its source. What is gone can be destroyed,
// is not there to be changed, and can be made anew.
func TestProtocolGone(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		s.remove(s)
		s.wantRemoved(t, r)
		s.provider(nil).Applied(r, nil)
		if n.edit != nil && !n.remade {
			s.provider(nil).TryApply(r, s.config.Merge(n.edit)).WantError(t)
		}
		if _, left := s.Tenant.Source(s.source); s.source == 0 || left {
			s.create()
		}

		s, r = n.play(t)
		if s.source == 0 {
			return
		}
		s.Tenant.Destroy(s.source)
		s.wantRemoved(t, r)
		s.provider(nil).Applied(r, nil)
		s.provider(nil).TryApply(s.absent(), s.config).WantErrorAt(t, "data_source_id")
	})
}

// strike adds a fault to the tenant that strikes always, on some paths if any are given.
func (s *stage) strike(f fake.Fault, method string, paths ...string) {
	f.Method = method
	if f.Times == 0 {
		f.Times = fake.Always
	}
	if len(paths) == 0 {
		s.Tenant.Fault(f)
	}
	for _, f.Path = range paths {
		s.Tenant.Fault(f)
	}
}

// writes are the methods of what a destroy may send. A source is disabled by a PUT, access ends by a POST.
var writes = []string{http.MethodDelete, http.MethodPut, http.MethodPost}

// TestProtocolGateway404 has a gateway answer 404 in Immuta's place: everywhere, on the object's own routes alone, and, in Immuta's
// own form, for all that is below the path of the sources while the caller's user is answered by Immuta. What a gateway says of a
// route is never taken for what Immuta says of an object. Only a 404 in Immuta's own form can be believed, and only of what no list
// shows: there the second witness, the caller's own user, does not contradict it.
func TestProtocolGateway404(t *testing.T) {
	const everySource, ownForm = "every source", "gateway 404: framework"
	eachNoun(t, func(t *testing.T, n noun) {
		places := map[string][]string{
			"everywhere": {""}, "its own routes": n.own, everySource: {"/dataSource", "/dataSource/**", "/tag/**", "/dictionary/**"},
		}
		if n.alone {
			delete(places, everySource)
		}
		for place, paths := range places {
			s, r := n.play(t)
			for _, f := range fake.Gateway404s() {
				if place == everySource && f.Name != ownForm {
					continue
				}
				t.Run(f.Name+" to "+place, func(t *testing.T) {
					s.strike(f, "", paths...)
					defer s.Tenant.ClearFaults()
					if place == "its own routes" && n.believed && f.Name == ownForm {
						s.wantRemoved(t, r)
						return
					}
					wantRefused(t, s.provider(nil), r)
					s.wantNoFalseDestroy(t, r)
					if !s.alive() && place != everySource { // The end of access is asked for elsewhere.
						t.Error("it was destroyed by what never arrived")
					}
				})
			}
		}
	})
}

// wantNoFalseDestroy destroys, and fails if that is a success while the object is there still.
func (s *stage) wantNoFalseDestroy(t *testing.T, r acctest.Resource) {
	t.Helper()
	s.Tenant.ResetJournal()
	after, diags := s.provider(nil).Apply(r, nil)
	failed := len(diags.Errors()) > 0
	switch {
	case !failed && s.alive():
		t.Errorf("the destroy succeeded, but the object is still there; requests %q", s.Tenant.Journal().Lines())
	case failed && !after.Exists():
		t.Errorf("the destroy failed, but the object left the state: %q", diags.Errors())
	}
}

// TestProtocolDestroyBehindAGateway has a gateway answer every write: its 404 is never taken for a success.
func TestProtocolDestroyBehindAGateway(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		for _, f := range fake.Gateway404s() {
			t.Run(f.Name, func(t *testing.T) {
				for _, method := range writes {
					s.strike(f, method)
				}
				defer s.Tenant.ClearFaults()
				s.wantNoFalseDestroy(t, r)
				if !s.alive() {
					t.Error("it was destroyed by what never arrived")
				}
			})
		}
	})
}

// TestProtocolBrokenAnswersToARefresh says nothing when that is over at the second attempt, and is an error when it is not.
func TestProtocolBrokenAnswersToARefresh(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		for _, f := range fake.BrokenAnswers() {
			t.Run(f.Name, func(t *testing.T) {
				s.strike(f, http.MethodGet)
				if n.opaque {
					after, _ := s.provider(nil).Refresh(r)
					after.Same(t, r)
				} else {
					wantRefused(t, s.provider(nil), r)
				}
				s.Tenant.ClearFaults()

				f.Times = 1
				s.strike(f, http.MethodGet)
				after := s.provider(nil).Refreshed(r)
				after.Same(t, r)
			})
		}
	})
}

// TestProtocolBrokenAnswersToADestroy has requests of a destroy answered that never took effect.
func TestProtocolBrokenAnswersToADestroy(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		s.Tenant.ResetJournal()
		s.provider(nil).Applied(r, nil)
		sent := len(s.Tenant.Journal().Writes())
		destroy := func(t *testing.T, f fake.Fault, methods ...string) {
			t.Helper()
			if !s.alive() {
				s, r = n.play(t)
			}
			for _, method := range methods {
				s.strike(f, method)
			}
			s.wantNoFalseDestroy(t, r)
			s.Tenant.ClearFaults()
		}
		for _, f := range fake.BrokenAnswers() {
			t.Run(f.Name, func(t *testing.T) {
				destroy(t, f, "")
				for f.Skip = range sent {
					for _, f.Times = range []int{1, fake.Always} {
						destroy(t, f, writes...)
					}
				}
			})
		}
	})
}

// TestProtocolBrokenAnswersToACreate has each request of a create answered badly, once, before or after it took effect:
// nothing is made twice, nothing is in the state that is not there, and applying again converges or names what is there.
func TestProtocolBrokenAnswersToACreate(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		if n.simple {
			return
		}
		clean := n.newStage(t)
		clean.provider(nil).Applied(clean.absent(), n.arrange(clean))
		for _, f := range fake.BrokenAnswers() {
			for skip, request := range clean.Tenant.Journal() {
				f.Skip, f.When = skip, fake.Before
				t.Run(fmt.Sprintf("%s to %s, request %d", f.Name, request.Method, skip+1), func(t *testing.T) { n.createInto(t, f) })
				if f.When = fake.After; request.Method != http.MethodGet {
					t.Run(fmt.Sprintf("%s after %s, request %d", f.Name, request.Method, skip+1), func(t *testing.T) { n.createInto(t, f) })
				}
			}
		}
	})
}

func (n *noun) createInto(t *testing.T, f fake.Fault) {
	t.Helper()
	s := n.newStage(t)
	s.config = n.arrange(s)
	s.Tenant.Fault(f)
	r, diags := s.provider(attrs{"max_retries": 0}).Apply(s.absent(), s.config)
	failed := len(diags.Errors()) > 0
	switch {
	case len(s.Tenant.PendingFaults()) > 0:
		t.Fatal("the fault was not met")
	case r.Exists() == failed:
		t.Fatalf("in the state: %t, errors %q", r.Exists(), diags.Errors())
	case r.Exists() && !s.alive():
		t.Fatalf("what is in the state does not exist; requests %q", s.Tenant.Journal().Lines())
	}
	p := s.provider(nil)
	if r.Exists() {
		r = p.Refreshed(r)
	}
	if plan, _ := p.Plan(r, s.config); !r.Exists() || !plan.Planned.Equal(r.State) {
		if r, diags = p.Apply(r, s.config); len(diags.Errors()) > 0 {
			diags.WantError(t, "import")
		}
	}
	if count := s.count(s); count != 1 && (!n.lost || count != 2) {
		t.Errorf("the tenant holds it %d times", count)
	}
}

// TestProtocolOneFault sends every operation into faults at each of its requests: a refresh leaves all as it was, and applying once
// more what the configuration says, and nothing twice. Sources have a test of their own, which goes further.
func TestProtocolOneFault(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		if strings.HasSuffix(n.resource, "_data_source") {
			return
		}
		s, r := n.play(t)
		for _, fault := range acctest.LossyFaults() {
			s.strike(fault, http.MethodGet)
			if after, diags := s.provider(attrs{"max_retries": 0}).Refresh(r); len(diags.Errors()) > 0 || !n.opaque {
				diags.WantError(t)
				after.Same(t, r)
			}
			s.Tenant.ClearFaults()
		}
		turn := 0
		for _, operation := range []string{"create", "update", "destroy"} {
			if operation == "update" && n.edit == nil {
				continue
			}
			s, r := n.before(t, operation)
			s.provider(nil).Applied(r, s.config)
			journal := s.Tenant.Journal()
			for request, met := range journal {
				for _, fault := range acctest.LossyFaults() {
					if met.Method == http.MethodGet && fault.When == fake.After {
						continue // A GET takes no effect.
					}
					turn++
					fault.Skip = request
					retries := turn % 2 * 4
					name := fmt.Sprintf("%s, request %d of %d, %s, %d retries", operation, request+1, len(journal), fault.Name, retries)
					t.Run(name, func(t *testing.T) { n.meet(t, operation, fault, retries) })
				}
			}
		}
	})
}

// before is a stage on which the operation is about to be applied by its configuration; nil destroys.
func (n *noun) before(t *testing.T, operation string) (*stage, acctest.Resource) {
	t.Helper()
	s := n.newStage(t)
	s.config = n.arrange(s)
	r := s.absent()
	if operation != "create" {
		r = s.create()
		if s.config = s.config.Merge(n.edit); operation == "destroy" {
			s.config = nil
		}
	}
	s.Tenant.ResetJournal()
	return s, r
}

func (n *noun) meet(t *testing.T, operation string, fault fake.Fault, retries int) {
	t.Helper()
	s, r := n.before(t, operation)
	s.Tenant.Fault(fault)
	after, diags := s.provider(attrs{"max_retries": retries}).Apply(r, s.config)
	switch {
	case len(s.Tenant.PendingFaults()) > 0:
		t.Fatalf("the fault was not met: %q", s.Tenant.Journal().Lines())
	case operation == "create" && after.Exists() && len(diags.Errors()) > 0:
		t.Fatalf("an error beside a state taints the resource: %q", diags.Errors())
	}
	want := 1
	if operation == "create" && !after.Exists() && n.lost && s.alive() {
		diags.WantWarning(t, "not known", "delete the extra one")
		want++
	}
	p := s.provider(nil)
	if after.Exists() {
		after, diags = p.Refresh(after)
		diags.WantNoError(t)
	}
	if s.config == nil {
		if after.Exists() {
			p.Applied(after, nil)
		}
		want = 0
	} else {
		p.MustApply(t, after, s.config)
		if n.edited != nil && operation == "update" && !n.edited(s) {
			t.Error("the tenant does not hold the change")
		}
	}
	if count := s.count(s); count != want {
		t.Errorf("the tenant holds it %d times, want %d", count, want)
	}
}

// TestProtocolAnswerOfAnother answers a read with another object of the same kind.
func TestProtocolAnswerOfAnother(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		if n.swaps == nil {
			return
		}
		s, r := n.play(t)
		for path, other := range n.swaps(s) {
			s.strike(fake.Fault{As: other}, http.MethodGet, path)
			wantRefused(t, s.provider(nil), r)
			s.wantNoFalseDestroy(t, r)
			s.Tenant.ClearFaults()
		}
	})
}

// TestProtocolRowsTwice answers every row twice.
func TestProtocolRowsTwice(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		s, r := n.play(t)
		s.strike(fake.Fault{Duplicate: true}, http.MethodGet)
		after, diags := s.provider(nil).Refresh(r)
		after.Same(t, r)
		if len(diags.Errors()) == 0 {
			s.provider(nil).WantEmptyPlan(t, after, s.config)
		}
	})
}
