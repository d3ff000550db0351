package subscription_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// world is a tenant with one source, owned by the caller, and a user who has nothing to do with it.
type world struct {
	*acctest.Env
	*acctest.Protocol
	t             *testing.T
	resourceType  string
	source, grace int
	graceKey      string
}

func newWorld(t *testing.T, resourceType string, options ...fake.Option) world {
	t.Helper()
	env := acctest.NewSerial(t, options...)
	w := world{Env: env, Protocol: env.Protocol(nil), t: t, resourceType: resourceType}
	w.grace, w.graceKey = env.Tenant.AddUser("Grace Hopper")
	w.source = env.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})
	return w
}

func (w world) absent() acctest.Resource { return acctest.Resource{Type: w.resourceType} }

// apply applies without an error, and sees that the plan after it is empty.
func (w world) apply(r acctest.Resource, config acctest.Config) acctest.Resource {
	w.t.Helper()
	r = w.Applied(r, config)
	return w.plansEmpty(r, config)
}

// plansEmpty refreshes and plans: nothing may be left to do.
func (w world) plansEmpty(r acctest.Resource, config acctest.Config) acctest.Resource {
	w.t.Helper()
	r = w.Refreshed(r)
	w.plansNothing(r, config)
	return r
}

func (w world) plansNothing(r acctest.Resource, config acctest.Config) {
	w.t.Helper()
	plan := w.Planned(r, config)
	if diff, _ := plan.Planned.Diff(r.State); len(diff) > 0 {
		w.t.Fatalf("the plan is not empty: %s", diff)
	}
}

// wantCalls compares what the tenant was asked, and forgets it.
func (w world) wantCalls(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), acctest.Calls(w.Tenant.Journal())); diff != "" {
		w.t.Fatalf("requests (-want +got):\n%s", diff)
	}
	w.Tenant.ResetJournal()
}

func (w world) wantAttribute(r acctest.Resource, at string, want any) {
	w.t.Helper()
	if got := acctest.Get(r.State, at); got != want {
		w.t.Fatalf("%s is %v, want %v", at, got, want)
	}
}

// identity reads an identity like a state.
func identity(t *testing.T, r acctest.Resource, typ tftypes.Type) tftypes.Value {
	t.Helper()
	value, err := r.Identity.IdentityData.Unmarshal(typ)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
