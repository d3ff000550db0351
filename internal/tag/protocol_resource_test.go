package tag_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const resourceType = "immuta_data_source_tags"

const (
	read   = "GET /dataSource/*/tags"
	add    = "POST /tag/datasource/*"
	remove = "DELETE /tag/datasource/*/%s"
)

var absent = acctest.Resource{Type: resourceType}

// world is a tenant with one source.
type world struct {
	*acctest.Env
	*acctest.Protocol
	t      *testing.T
	source int
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	env := acctest.NewSerial(t, options...)
	return world{Env: env, Protocol: env.Protocol(nil), t: t, source: env.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})}
}

// config names tags; "name@source" gives one a source.
func (w world) config(names ...string) acctest.Config {
	tags := []any{}
	for _, name := range names {
		tags = append(tags, tagOf(name))
	}
	return acctest.Config{"data_source_id": w.source, "tags": tags}
}

func tagOf(name string) map[string]any {
	for i, c := range name {
		if c == '@' {
			return map[string]any{"name": name[:i], "source": name[i+1:]}
		}
	}
	return map[string]any{"name": name}
}

// others are tags that nobody here put on the source.
func (w world) others(tags ...fake.Tag) {
	w.Tenant.UpdateSource(w.source, func(s *fake.Source) { s.Tags = append(s.Tags, tags...) })
}

func (w world) apply(r acctest.Resource, config acctest.Config) acctest.Resource {
	w.t.Helper()
	r = w.Applied(r, config)
	return w.plansEmpty(r, config)
}

// plansEmpty refreshes and plans: nothing may be left to do.
func (w world) plansEmpty(r acctest.Resource, config acctest.Config) acctest.Resource {
	w.t.Helper()
	r = w.Refreshed(r)
	plan := w.Planned(r, config)
	if diff, _ := plan.Planned.Diff(r.State); len(diff) > 0 {
		w.t.Fatalf("the plan is not empty: %s", diff)
	}
	return r
}

func (w world) wantTags(want ...string) {
	w.t.Helper()
	s, _ := w.Tenant.Source(w.source)
	got := []string{}
	for _, tag := range s.Tags {
		got = append(got, tag.Name+"@"+tag.Source)
	}
	slices.Sort(got)
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		w.t.Fatalf("tags in the tenant (-want +got):\n%s", diff)
	}
}

func (w world) wantState(r acctest.Resource, want ...string) {
	w.t.Helper()
	list, _ := acctest.Get(r.State, "tags").([]any)
	got := []string{}
	for _, one := range list {
		tag, _ := one.(map[string]any)
		got = append(got, fmt.Sprint(tag["name"]))
	}
	slices.Sort(got)
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		w.t.Fatalf("tags in the state (-want +got):\n%s", diff)
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

func TestProtocolTags(t *testing.T) {
	w := newWorld(t)
	w.others(fake.Tag{Name: "Discovered.Entity.Age", Source: "discovered"}, fake.Tag{Name: "Team.Sales", Source: "curated"})
	r := w.Applied(absent, w.config("PII", "Sensitivity.High"))
	w.wantCalls(add)
	w.wantTags("Discovered.Entity.Age@discovered", "PII@curated", "Sensitivity.High@curated", "Team.Sales@curated")
	if got := acctest.Get(r.State, "id"); got != int64(w.source) {
		t.Errorf("the id is %v, want the source's", got)
	}
	r = w.plansEmpty(r, w.config("PII", "Sensitivity.High"))
	w.wantCalls(read)

	r = w.Applied(r, w.config("PII", "Finance"))
	w.wantCalls(add, fmt.Sprintf(remove, "Sensitivity.High"), read)
	w.wantTags("Discovered.Entity.Age@discovered", "Finance@curated", "PII@curated", "Team.Sales@curated")
	r = w.plansEmpty(r, w.config("PII", "Finance"))

	// The default may be spelled out, and Immuta is not told.
	w.Tenant.ResetJournal()
	r = w.apply(r, w.config("PII@curated", "Finance"))
	w.wantCalls(read)

	w.Applied(r, nil)
	w.wantTags("Discovered.Entity.Age@discovered", "Team.Sales@curated")
}

func TestProtocolTagsOfOtherPeopleAreNoDrift(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config("PII"))
	w.others(fake.Tag{Name: "Finance", Source: "curated"}, fake.Tag{Name: "Discovered.PII", Source: "discovered"}, fake.Tag{Name: "PII", Source: "discovered"})
	w.Tenant.ResetJournal()
	w.plansEmpty(r, w.config("PII"))
	w.wantCalls(read)
}

func TestProtocolTagsAreDrift(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config("PII", "Finance"))
	w.Tenant.UpdateSource(w.source, func(s *fake.Source) { s.Tags = s.Tags[1:] })
	r = w.Refreshed(r)
	w.wantState(r, "Finance")
	r = w.apply(r, w.config("PII", "Finance"))
	w.wantTags("Finance@curated", "PII@curated")

	// A tag that is only remembered is not there.
	w.Tenant.UpdateSource(w.source, func(s *fake.Source) { s.Tags[0].Deleted = true })
	r = w.Refreshed(r)
	w.wantState(r, "PII")
}

func TestProtocolTagsThatAreThereAlready(t *testing.T) {
	w := newWorld(t)
	w.others(fake.Tag{Name: "PII", Source: "curated"})
	r := w.apply(absent, w.config("PII"))
	w.Applied(r, nil)
	w.wantTags()
}

func TestProtocolTagsOfAnotherSource(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config("PII", "Finance"))
	w.Tenant.ResetJournal()
	r = w.Applied(r, w.config("PII@catalog", "Finance"))
	w.wantCalls(fmt.Sprintf(remove, "PII"), read, add)
	w.wantTags("Finance@curated", "PII@catalog")
	w.plansEmpty(r, w.config("PII@catalog", "Finance"))
}

func TestProtocolTagsWithAwkwardNames(t *testing.T) {
	w := newWorld(t)
	names := []string{"a/b", "100% sure?", "ünïcode.Ärger", "...", "with space"}
	w.Tenant.DefineTags(names...)
	r := w.apply(absent, w.config(names...))
	w.Applied(r, nil)
	w.wantTags()
}

func TestProtocolTagsNone(t *testing.T) {
	w := newWorld(t)
	r := w.Applied(absent, w.config())
	w.wantCalls()
	w.plansEmpty(r, w.config())
}

func TestProtocolTagsGoneWithTheSource(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config("PII"))
	w.Tenant.Destroy(w.source)
	gone, diags := w.Refresh(r)
	diags.WantWarning(t, "Deleted outside of Terraform", "tags of data source")
	if gone.Exists() {
		t.Error("the resource is still in the state")
	}
	w.TryApply(r, w.config("Finance")).WantErrorAt(t, "data_source_id", "404")
	w.Applied(r, nil)
	w.TryApply(absent, w.config("PII")).WantErrorAt(t, "data_source_id", "404")
}

func TestProtocolTagsThatDoNotExist(t *testing.T) {
	w := newWorld(t)
	r, diags := w.Apply(absent, w.config("PII", "Nonsense"))
	diags.WantErrorAt(t, "tags", "Nonsense", "does not exist")
	if r.Exists() {
		t.Error("there is a state")
	}
	w.wantTags()
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Tag not found."})
	w.TryApply(absent, w.config("PII")).WantErrorAt(t, "tags", "Tag not found")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Not Found"})
	w.TryApply(absent, w.config("PII")).WantError(t, "the tenant has no such call")

	r = w.apply(absent, w.config("PII", "Finance"))
	w.Tenant.ResetJournal()
	r, diags = w.Apply(r, w.config("Finance", "Nonsense"))
	diags.WantErrorAt(t, "tags", "Nonsense", "does not exist")
	w.wantCalls(add)
	w.wantState(r, "Finance", "PII")
	w.wantTags("Finance@curated", "PII@curated")
}

// TestProtocolTagsHalfChanged: what has been done when something fails is in the state, so that nothing is left behind.
func TestProtocolTagsHalfChanged(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config("PII", "Finance", "Sales"))
	w.Tenant.Fault(fake.Fault{Method: "DELETE", Skip: 1, Status: 403})
	r, diags := w.Apply(r, w.config("Team.Sales"))
	diags.WantError(t, "403")
	s, _ := w.Tenant.Source(w.source)
	var there []string
	for _, tag := range s.Tags {
		there = append(there, tag.Name)
	}
	slices.Sort(there)
	w.wantState(r, there...)
	if len(there) != 3 {
		t.Errorf("unexpected tags %q", there)
	}
	w.apply(r, w.config("Team.Sales"))
	w.wantTags("Team.Sales@curated")

	w.Tenant.Fault(fake.Fault{Method: "DELETE", Status: 403})
	kept, diags := w.Apply(r, nil)
	diags.WantError(t, "403")
	if !kept.Exists() {
		t.Error("tags that are there left the state")
	}
	w.Tenant.Fault(fake.Fault{Method: "GET", Status: 403})
	kept, diags = w.Refresh(r)
	diags.WantError(t, "403")
	if !kept.Exists() {
		t.Error("403 was taken for gone")
	}
}

func TestProtocolTagsImport(t *testing.T) {
	w := newWorld(t)
	w.others(fake.Tag{Name: "PII", Source: "curated"}, fake.Tag{Name: "Finance", Source: "curated"}, fake.Tag{Name: "Sales", Source: "curated", Deleted: true}, fake.Tag{Name: "Discovered.PII", Source: "discovered"})
	r := w.Imported(resourceType, fmt.Sprint(w.source))
	w.wantCalls(read)
	w.wantState(r, "Finance", "PII")
	w.plansEmpty(r, w.config("Finance", "PII"))
	w.plansEmpty(r, w.config("Finance@curated", "PII@curated"))
	r, diags := w.ImportIdentity(resourceType, map[string]any{"data_source_id": w.source})
	diags.WantNone(t)
	w.plansEmpty(r, w.config("PII", "Finance"))
	for _, wrong := range []string{"x", "0", "57/1"} {
		w.TryImport(resourceType, wrong).WantError(t, "Malformed import id", "57")
	}

	// A source without tags can be imported too.
	bare := w.Tenant.AddSource(fake.SourceSpec{})
	r = w.Imported(resourceType, fmt.Sprint(bare))
	w.wantState(r)
}

func TestProtocolTagsValidation(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		config acctest.Config
		text   string
	}{
		"empty name":   {w.config(""), "at least 1"},
		"empty source": {w.config("PII@"), "at least 1"},
		"twice":        {w.config("PII", "PII@catalog"), `"PII" is listed more than once`},
		"source 0":     {w.config("PII").With("data_source_id", 0), "at least 1"},
	} {
		t.Run(name, func(t *testing.T) { w.Validate(resourceType, c.config).WantError(t, c.text) })
	}
	w.Validate(resourceType, w.config("PII").With("tags", acctest.Unknown)).WantNone(t)
	w.Validate(resourceType, acctest.Config{"data_source_id": acctest.Unknown, "tags": []any{map[string]any{"name": acctest.Unknown}, map[string]any{"name": acctest.Unknown, "source": "a"}}}).WantNone(t)
	w.wantCalls()
	r := w.apply(absent, w.config("PII"))
	plan := w.Planned(r, w.config("PII").With("data_source_id", 1))
	if len(plan.Replaces) != 1 {
		t.Errorf("another source does not replace: %q", plan.Replaces)
	}
	w.Planned(r, w.config("PII").With("tags", []any{map[string]any{"name": acctest.Unknown}}))
}

func TestProtocolTagsOnAnotherHost(t *testing.T) {
	w := newWorld(t)
	r := w.apply(absent, w.config("PII"))
	other := acctest.NewSerial(t)
	p := other.Protocol(nil)
	p.TryRefresh(r).WantError(t, "Another tenant")
	p.TryApply(r, w.config("Finance")).WantError(t, "was not tried")
	p.TryApply(r, nil).WantError(t, "was not tried")
	p = w.Env.Protocol(map[string]any{"host": acctest.Unknown})
	p.TryRefresh(r).WantWarning(t, "Not refreshed")
	p.TryApply(r, w.config("Finance")).WantError(t, "The provider is not configured yet")
	p.TryApply(absent, w.config("Finance")).WantError(t, "The provider is not configured yet")
	p.TryApply(r, nil).WantError(t, "The provider is not configured yet")
}

// TestProtocolTagsOneFault sends every operation into faults at every one of its requests: applying once more must leave
// what the configuration says.
func TestProtocolTagsOneFault(t *testing.T) {
	operations := map[string]struct {
		before, after []string
		requests      int
	}{
		"create": {nil, []string{"PII", "Finance"}, 1}, "update": {[]string{"PII", "Finance"}, []string{"PII", "Sales"}, 2}, "destroy": {[]string{"PII", "Finance"}, nil, 2},
	}
	for name, op := range operations {
		for _, retries := range []int{0, 4} {
			for request := range op.requests {
				for _, fault := range []fake.Fault{
					{Name: "500", Status: 500}, {Name: "503", Status: 503}, {Name: "429", Status: 429}, {Name: "reset", Reset: true}, {Name: "500 after", Status: 500, When: fake.After},
					{Name: "reset after", Reset: true, When: fake.After}, {Name: "HTML after", HTML: true, When: fake.After}, {Name: "truncated", Truncate: true},
				} {
					t.Run(fmt.Sprintf("%s, %d retries, request %d, %s", name, retries, request+1, fault.Name), func(t *testing.T) {
						w := newWorld(t)
						w.others(fake.Tag{Name: "Team.Sales", Source: "curated"})
						w.Protocol = w.Env.Protocol(map[string]any{"max_retries": retries})
						r := absent
						if op.before != nil {
							r = w.apply(r, w.config(op.before...))
						}
						fault.Skip = request
						w.Tenant.Fault(fault)
						var config acctest.Config
						if op.after != nil {
							config = w.config(op.after...)
						}
						after, diags := w.Apply(r, config)
						if len(w.Tenant.PendingFaults()) > 0 {
							t.Fatalf("the fault was not met: %q", w.Tenant.Journal().Lines())
						}
						if !r.Exists() && len(diags.Errors()) > 0 && after.Exists() {
							t.Fatalf("an error beside a state taints the resource: %q", diags.Errors())
						}
						if config == nil {
							if after.Exists() {
								w.Applied(after, nil)
							}
							w.wantTags("Team.Sales@curated")
							return
						}
						w.apply(after, config)
						want := []string{"Team.Sales@curated"}
						for _, name := range op.after {
							want = append(want, name+"@curated")
						}
						slices.Sort(want)
						w.wantTags(want...)
					})
				}
			}
		}
	}
}

func TestProtocolTagsThatAreThereTwice(t *testing.T) {
	w := newWorld(t)
	w.others(fake.Tag{Name: "PII", Source: "curated"}, fake.Tag{Name: "PII", Source: "curated", Deleted: true}, fake.Tag{Name: "PII"}, fake.Tag{Name: "PII", Source: "discovered"})
	r := w.Imported(resourceType, fmt.Sprint(w.source))
	w.wantState(r, "PII")
	w.plansEmpty(r, w.config("PII"))
	r = w.apply(r, w.config("PII", "Finance"))
	r = w.apply(r, w.config("Finance"))
	w.wantState(r, "Finance")
}
