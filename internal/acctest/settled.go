package acctest

import "testing"

// MustApply applies without an error and sees that there is nothing left to do, see [Protocol.WantEmptyPlan]. It returns the
// refreshed resource.
func (p *Protocol) MustApply(t testing.TB, r Resource, config map[string]any) Resource {
	t.Helper()
	r, diags := p.Apply(r, config)
	diags.WantNoError(t)
	return p.WantEmptyPlan(t, r, config)
}

// WantEmptyPlan refreshes, and fails the test unless the resource is there and the plan of the configuration is empty.
func (p *Protocol) WantEmptyPlan(t testing.TB, r Resource, config map[string]any) Resource {
	t.Helper()
	r, diags := p.Refresh(r)
	diags.WantNoError(t)
	if !r.Exists() {
		t.Fatal("the resource left the state")
	}
	plan, diags := p.Plan(r, config)
	diags.WantNoError(t)
	if differences, _ := r.State.Diff(plan.Planned); len(differences) > 0 {
		t.Fatalf("the plan is not empty: %v", differences)
	}
	return r
}
