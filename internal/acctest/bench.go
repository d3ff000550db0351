package acctest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A Bench is where the tests of one type of resource work: a tenant, a provider, and what is in the tenant from the start.
type Bench struct {
	*Env
	*Protocol
	// Type is the type of resource that is tested.
	Type string
	// Source is a data source of the caller's.
	Source int
	// Grace is a user who has nothing to do with the source, and GraceKey her API key.
	Grace    int
	GraceKey string

	settings map[string]any
}

// NewBench is a tenant with Grace and a source, of which nothing was asked yet.
func NewBench(t testing.TB, typeName string, options ...fake.Option) *Bench {
	t.Helper()
	b := &Bench{Env: NewSerial(t, options...), Type: typeName}
	b.Grace, b.GraceKey = b.Tenant.AddUser("Grace Hopper")
	b.Source = b.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})
	return b.With(nil)
}

// With starts a provider with these settings, which has read nothing yet.
func (b *Bench) With(settings map[string]any) *Bench {
	b.t.Helper()
	b.settings = settings
	return b.Restarted()
}

// Restarted starts the provider anew, as every command of Terraform does.
func (b *Bench) Restarted() *Bench {
	b.t.Helper()
	restarted := *b
	restarted.Protocol = b.Env.Protocol(b.settings)
	return &restarted
}

// Absent is the resource before it is created.
func (b *Bench) Absent() Resource { return Resource{Type: b.Type} }

// Created applies a configuration for the first time, see [Protocol.Settled].
func (b *Bench) Created(config map[string]any) Resource {
	b.t.Helper()
	return b.Settled(b.Absent(), config)
}

// ByID is [Protocol.Imported] for the type that is tested.
func (b *Bench) ByID(id string) Resource {
	b.t.Helper()
	return b.Imported(b.Type, id)
}

// NothingToImport imports by the id of what does not exist: a warning with these texts says so.
func (b *Bench) NothingToImport(id string, texts ...string) {
	b.t.Helper()
	r, diags := b.Import(b.Type, id)
	diags.WantNoError(b.t)
	diags.WantWarning(b.t, texts...)
	if r.Exists() {
		b.t.Fatal("what does not exist was imported")
	}
}

// ByIdentity imports by an identity, and nothing may be reported.
func (b *Bench) ByIdentity(identity map[string]any) Resource {
	b.t.Helper()
	r, diags := b.ImportIdentity(b.Type, identity)
	diags.WantNone(b.t)
	return r
}

// WantCalls fails the test unless these requests were sent since it was last called, as [Calls] writes them.
func (b *Bench) WantCalls(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), append([]string{}, Calls(b.Tenant.Journal())...)); diff != "" {
		b.t.Fatalf("requests (-want +got):\n%s", diff)
	}
	b.Tenant.ResetJournal()
}

// WantNoWrites fails the test if anything but a GET was sent since the journal was reset.
func (b *Bench) WantNoWrites() {
	b.t.Helper()
	if writes := b.Tenant.Journal().Writes(); len(writes) > 0 {
		b.t.Fatalf("unexpected writes %q", writes.Lines())
	}
}

// Applied applies a configuration, and nothing may be reported; nil destroys, and then nothing may be left in the state.
func (p *Protocol) Applied(r Resource, config map[string]any) Resource {
	p.env.t.Helper()
	r, diags := p.Apply(r, config)
	diags.WantNone(p.env.t)
	if r.Exists() != (config != nil) {
		p.env.t.Fatalf("in the state: %t", r.Exists())
	}
	return r
}

// Settled is [Protocol.Applied], after which a refresh reports nothing and the plan is empty. It returns the refreshed resource.
func (p *Protocol) Settled(r Resource, config map[string]any) Resource {
	p.env.t.Helper()
	return p.PlansEmpty(p.Applied(r, config), config)
}

// PlansEmpty is [Protocol.WantEmptyPlan] without any warning.
func (p *Protocol) PlansEmpty(r Resource, config map[string]any) Resource {
	p.env.t.Helper()
	return p.PlansNothing(p.Refreshed(r), config)
}

// PlansNothing fails the test unless the plan is empty, without a refresh before.
func (p *Protocol) PlansNothing(r Resource, config map[string]any) Resource {
	p.env.t.Helper()
	plan := p.Planned(r, config)
	if differences, _ := r.State.Diff(plan.Planned); len(differences) > 0 {
		p.env.t.Fatalf("the plan is not empty: %v", differences)
	}
	return r
}

// Planned plans a configuration, and nothing may be reported.
func (p *Protocol) Planned(r Resource, config map[string]any) Plan {
	p.env.t.Helper()
	plan, diags := p.Plan(r, config)
	diags.WantNone(p.env.t)
	return plan
}

// Replaces fails the test unless a configuration replaces the resource because of one attribute, and nothing is reported.
func (p *Protocol) Replaces(r Resource, config map[string]any, at string) {
	p.env.t.Helper()
	if plan := p.Planned(r, config); len(plan.Replaces) != 1 || !strings.Contains(plan.Replaces[0], `"`+at+`"`) {
		p.env.t.Errorf("a change of %s replaces because of %q", at, plan.Replaces)
	}
}

// Refreshed refreshes a resource that is there, and nothing may be reported.
func (p *Protocol) Refreshed(r Resource) Resource {
	p.env.t.Helper()
	r, diags := p.Refresh(r)
	diags.WantNone(p.env.t)
	if !r.Exists() {
		p.env.t.Fatal("the resource left the state")
	}
	return r
}

// Gone refreshes a resource of which the object is gone: a warning with these texts says so, and it leaves the state.
func (p *Protocol) Gone(r Resource, texts ...string) Resource {
	p.env.t.Helper()
	r, diags := p.Refresh(r)
	diags.WantNoError(p.env.t)
	diags.WantWarning(p.env.t, append(texts, "removed from the state")...)
	if r.Exists() {
		p.env.t.Fatal("still in the state")
	}
	return r
}

// Imported imports by an id, and nothing may be reported.
func (p *Protocol) Imported(typeName, id string) Resource {
	p.env.t.Helper()
	r, diags := p.Import(typeName, id)
	diags.WantNone(p.env.t)
	return r
}

// Answered reads a data source, and nothing may be reported.
func (p *Protocol) Answered(typeName string, config map[string]any) tftypes.Value {
	p.env.t.Helper()
	state, diags := p.DataSource(typeName, config)
	diags.WantNone(p.env.t)
	return state
}

// Opened opens an ephemeral resource, and nothing may be reported.
func (p *Protocol) Opened(typeName string, config map[string]any) Ephemeral {
	p.env.t.Helper()
	opened, diags := p.Open(typeName, config)
	diags.WantNone(p.env.t)
	return opened
}

// TryApply is what an apply reports. A resource that was not there must not be afterwards if that is an error, since it would be
// tainted; one that was there must not leave the state.
func (p *Protocol) TryApply(r Resource, config map[string]any) Diagnostics {
	p.env.t.Helper()
	after, diags := p.Apply(r, config)
	if len(diags.Errors()) > 0 && r.Exists() != after.Exists() {
		p.env.t.Fatalf("before in the state: %t, and after the errors %q: %t", r.Exists(), diags.Errors(), after.Exists())
	}
	return diags
}

// TryPlan is what a plan reports.
func (p *Protocol) TryPlan(r Resource, config map[string]any) Diagnostics {
	p.env.t.Helper()
	_, diags := p.Plan(r, config)
	return diags
}

// TryRefresh is what a refresh reports. An error must leave the resource as it is.
func (p *Protocol) TryRefresh(r Resource) Diagnostics {
	p.env.t.Helper()
	after, diags := p.Refresh(r)
	if len(diags.Errors()) > 0 && !after.State.Equal(r.State) {
		p.env.t.Fatalf("the state changed in spite of the errors %q", diags.Errors())
	}
	return diags
}

// TryImport is what an import reports.
func (p *Protocol) TryImport(typeName, id string) Diagnostics {
	p.env.t.Helper()
	_, diags := p.Import(typeName, id)
	return diags
}

// TryRead is what reading a data source reports.
func (p *Protocol) TryRead(typeName string, config map[string]any) Diagnostics {
	p.env.t.Helper()
	_, diags := p.DataSource(typeName, config)
	return diags
}

// TryOpen is what opening an ephemeral resource reports.
func (p *Protocol) TryOpen(typeName string, config map[string]any) Diagnostics {
	p.env.t.Helper()
	_, diags := p.Open(typeName, config)
	return diags
}

// WantAttributes fails the test unless a state has these values at these dotted paths.
func WantAttributes(t testing.TB, state tftypes.Value, want map[string]any) {
	t.Helper()
	for at, value := range want {
		if n, ok := value.(int); ok {
			value = int64(n)
		}
		if diff := cmp.Diff(value, Get(state, at)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", at, diff)
		}
	}
}

// Want is [WantAttributes] for one attribute of a resource.
func (p *Protocol) Want(r Resource, at string, want any) {
	p.env.t.Helper()
	WantAttributes(p.env.t, r.State, map[string]any{at: want})
}

// WantIdentity fails the test unless a resource has this identity; what is left out is null.
func (p *Protocol) WantIdentity(r Resource, want map[string]any) {
	p.env.t.Helper()
	if r.Identity == nil || r.Identity.IdentityData == nil {
		p.env.t.Fatal("no identity")
	}
	typ := p.identityType(r.Type)
	got, err := r.Identity.IdentityData.Unmarshal(typ)
	p.env.must(err)
	if expected := p.value(typ, want); !got.Equal(expected) {
		p.env.t.Errorf("the identity is %s, want %s", got, expected)
	}
}

// Same fails the test unless a refresh or an error left a resource as it was, with what is kept beside its state.
func (r Resource) Same(t testing.TB, was Resource) {
	t.Helper()
	if !r.Exists() {
		t.Fatal("the resource left the state")
	}
	if differences, _ := was.State.Diff(r.State); len(differences) > 0 {
		t.Fatalf("the state changed: %v", differences)
	}
	if !slices.Equal(r.Private, was.Private) {
		t.Fatalf("the private state changed from %s to %s", was.Private, r.Private)
	}
}

// LossyFaults lose or break the answer to a request, before or after it took effect.
func LossyFaults() []fake.Fault {
	var all []fake.Fault
	for _, f := range []fake.Fault{
		{Name: "500", Status: 500}, {Name: "503", Status: 503}, {Name: "429", Status: 429, RetryAfter: "1"}, {Name: "reset", Reset: true},
		{Name: "HTML", HTML: true}, {Name: "HTML with 502", HTML: true, Status: 502},
	} {
		late := f
		late.When, late.Name = fake.After, f.Name+" after it took effect"
		all = append(all, f, late)
	}
	return append(all,
		fake.Fault{Name: "half an answer", Status: 200, Body: `{"id": 7, "na`, When: fake.After}, fake.Fault{Name: "truncated", Truncate: true},
		fake.Fault{Name: "403", Status: 403}, fake.Fault{Name: "failure", Status: 200, Body: `{"success": false, "status": false}`})
}

// Address is where [Bench.Step] has the resource.
func (b *Bench) Address() string { return b.Type + ".test" }

// Step is an acceptance step that plans one action and, unless calls is nil, sends these requests besides the refresh. After
// every apply the test framework itself plans again, with and without a refresh, and wants an empty plan.
func (b *Bench) Step(
	config Config, action plancheck.ResourceActionType, calls []string, checks ...statecheck.StateCheck,
) acceptance.TestStep {
	if calls != nil {
		checks = append([]statecheck.StateCheck{b.ExpectCalls(calls)}, checks...)
	}
	return acceptance.TestStep{
		Config: config.HCL(b.Type, "test"),
		ConfigPlanChecks: acceptance.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(b.Address(), action), b.ResetJournal(),
		}},
		ConfigStateChecks: checks,
	}
}

// Drifted prepares an acceptance step by a change behind Terraform's back.
func Drifted(change func(), step acceptance.TestStep) acceptance.TestStep {
	step.PreConfig = change
	return step
}

// Has is a state check of one attribute of the resource of [Bench.Step].
func (b *Bench) Has(at string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(b.Address(), tfjsonpath.New(at), value)
}
