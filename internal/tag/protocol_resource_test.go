package tag_test

import (
	"fmt"
	"slices"
	"strings"
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

type attrs = map[string]any

// world is a bench whose source has tags.
type world struct {
	*acctest.Bench
	t *testing.T
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	return world{acctest.NewBench(t, resourceType, options...), t}
}

// config names tags; "name@source" gives one a source.
func (w world) config(names ...string) acctest.Config {
	tags := []any{}
	for _, one := range names {
		name, source, given := strings.Cut(one, "@")
		tag := attrs{"name": name}
		if given {
			tag["source"] = source
		}
		tags = append(tags, tag)
	}
	return acctest.Config{"data_source_id": w.Source, "tags": tags}
}

// others are tags that nobody here put on the source.
func (w world) others(tags ...fake.Tag) {
	w.Tenant.UpdateSource(w.Source, func(s *fake.Source) { s.Tags = append(s.Tags, tags...) })
}

// names are the names of the source's tags in the tenant, with where they come from.
func (w world) names() []string {
	s, _ := w.Tenant.Source(w.Source)
	names := []string{}
	for _, tag := range s.Tags {
		names = append(names, tag.Name+"@"+tag.Source)
	}
	slices.Sort(names)
	return names
}

func (w world) wantTags(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), w.names()); diff != "" {
		w.t.Fatalf("tags in the tenant (-want +got):\n%s", diff)
	}
}

func (w world) wantState(r acctest.Resource, want ...string) {
	w.t.Helper()
	list, _ := acctest.Get(r.State, "tags").([]any)
	got := []string{}
	for i := range list {
		got = append(got, fmt.Sprint(acctest.Get(r.State, fmt.Sprintf("tags.%d.name", i))))
	}
	slices.Sort(got)
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		w.t.Fatalf("tags in the state (-want +got):\n%s", diff)
	}
}

func TestProtocolTags(t *testing.T) {
	w := newWorld(t)
	w.others(fake.Tag{Name: "Discovered.Entity.Age", Source: "discovered"}, fake.Tag{Name: "Team.Sales", Source: "curated"})
	r := w.Applied(w.Absent(), w.config("PII", "Sensitivity.High"))
	w.WantCalls(add)
	w.wantTags("Discovered.Entity.Age@discovered", "PII@curated", "Sensitivity.High@curated", "Team.Sales@curated")
	acctest.WantAttributes(t, r.State, attrs{"id": fmt.Sprint(w.Source), "on_destroy": "remove", "tags.0.source": "curated"})
	r = w.PlansEmpty(r, w.config("PII", "Sensitivity.High"))
	w.WantCalls(read)

	r = w.Applied(r, w.config("PII", "Finance"))
	w.WantCalls(add, fmt.Sprintf(remove, "Sensitivity.High"), read)
	w.wantTags("Discovered.Entity.Age@discovered", "Finance@curated", "PII@curated", "Team.Sales@curated")
	r = w.PlansEmpty(r, w.config("PII", "Finance"))

	// The default may be spelled out.
	w.Tenant.ResetJournal()
	r = w.PlansEmpty(r, w.config("PII@curated", "Finance"))
	w.WantCalls(read)

	w.Applied(r, nil)
	w.wantTags("Discovered.Entity.Age@discovered", "Team.Sales@curated")
}

func TestProtocolTagsOfOtherPeopleAreNoDrift(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config("PII"))
	w.others(fake.Tag{Name: "Finance", Source: "curated"}, fake.Tag{Name: "Discovered.PII", Source: "discovered"},
		fake.Tag{Name: "PII", Source: "discovered"})
	w.Tenant.ResetJournal()
	w.PlansEmpty(r, w.config("PII"))
	w.WantCalls(read)
}

func TestProtocolTagsAreDrift(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config("PII", "Finance"))
	w.Tenant.UpdateSource(w.Source, func(s *fake.Source) { s.Tags = s.Tags[1:] })
	r = w.Refreshed(r)
	w.wantState(r, "Finance")
	r = w.Settled(r, w.config("PII", "Finance"))
	w.wantTags("Finance@curated", "PII@curated")

	// A tag that is only remembered is not there.
	w.Tenant.UpdateSource(w.Source, func(s *fake.Source) { s.Tags[0].Deleted = true })
	r = w.Refreshed(r)
	w.wantState(r, "PII")
}

func TestProtocolTagsOfAnotherSource(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config("PII", "Finance"))
	w.Tenant.ResetJournal()
	r = w.Applied(r, w.config("PII@catalog", "Finance"))
	w.WantCalls(fmt.Sprintf(remove, "PII"), read, add)
	w.wantTags("Finance@curated", "PII@catalog")
	w.PlansEmpty(r, w.config("PII@catalog", "Finance"))
}

func TestProtocolTagsWithAwkwardNames(t *testing.T) {
	w := newWorld(t)
	names := []string{"a/b", "100% sure?", "ünïcode.Ärger", "...", "with space"}
	w.Tenant.DefineTags(names...)
	r := w.Created(w.config(names...))
	w.Applied(r, nil)
	w.wantTags()
}

func TestProtocolTagsNone(t *testing.T) {
	w := newWorld(t)
	r := w.Applied(w.Absent(), w.config())
	w.WantCalls()
	r = w.PlansEmpty(r, w.config())

	// A tag that is there already is taken over.
	w.others(fake.Tag{Name: "PII", Source: "curated"})
	r = w.Settled(r, w.config("PII"))
	w.Applied(r, nil)
	w.wantTags()
}

func TestProtocolTagsThatDoNotExist(t *testing.T) {
	w := newWorld(t)
	w.TryApply(w.Absent(), w.config("PII", "Nonsense")).WantErrorAt(t, "tags", "Nonsense", "does not exist")
	w.wantTags()
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Tag not found."})
	w.TryApply(w.Absent(), w.config("PII")).WantErrorAt(t, "tags", "Tag not found")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 404, Message: "Not Found"})
	w.TryApply(w.Absent(), w.config("PII")).WantError(t, "the tenant has no such call")

	r := w.Created(w.config("PII", "Finance"))
	w.Tenant.ResetJournal()
	r, diags := w.Apply(r, w.config("Finance", "Nonsense"))
	diags.WantErrorAt(t, "tags", "Nonsense", "does not exist")
	w.WantCalls(add)
	w.wantState(r, "Finance", "PII")
	w.wantTags("Finance@curated", "PII@curated")
}

// TestProtocolTagsHalfChanged: what has been done when something fails is in the state, so that nothing is left behind.
func TestProtocolTagsHalfChanged(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config("PII", "Finance", "Sales"))
	w.Tenant.Fault(fake.Fault{Method: "DELETE", Skip: 1, Status: 403})
	r, diags := w.Apply(r, w.config("Team.Sales"))
	diags.WantError(t, "403")
	there := w.names()
	for i, name := range there {
		there[i] = strings.TrimSuffix(name, "@curated")
	}
	w.wantState(r, there...)
	if len(there) != 3 {
		t.Errorf("unexpected tags %q", there)
	}
	w.Settled(r, w.config("Team.Sales"))
	w.wantTags("Team.Sales@curated")
}

func TestProtocolTagsImport(t *testing.T) {
	w := newWorld(t)
	w.others(fake.Tag{Name: "PII", Source: "curated"}, fake.Tag{Name: "Finance", Source: "curated"},
		fake.Tag{Name: "Sales", Source: "curated", Deleted: true}, fake.Tag{Name: "Discovered.PII", Source: "discovered"})
	r := w.ByID(fmt.Sprint(w.Source))
	w.WantCalls(read)
	w.wantState(r, "Finance", "PII")
	w.PlansEmpty(r, w.config("Finance", "PII"))
	w.PlansEmpty(r, w.config("Finance@curated", "PII@curated"))
	w.PlansEmpty(w.ByIdentity(attrs{"data_source_id": w.Source}), w.config("PII", "Finance"))
	for _, wrong := range []string{"x", "0", "57/1"} {
		w.TryImport(resourceType, wrong).WantError(t, "Malformed import id", "57")
	}

	// A source without tags can be imported too.
	bare := w.Tenant.AddSource(fake.SourceSpec{})
	w.wantState(w.ByID(fmt.Sprint(bare)))
}

func TestProtocolTagsValidation(t *testing.T) {
	w := newWorld(t)
	for says, config := range map[string]acctest.Config{
		"tags[Value":                              w.config(""),
		"cannot be part of a path":                w.config("a/../b"),
		"source string length":                    w.config("PII@"),
		`"PII" is listed more than once`:          w.config("PII", "PII@catalog"),
		"data_source_id value must be at least 1": w.config("PII").With("data_source_id", 0),
	} {
		w.Validate(resourceType, config).WantError(t, says)
	}
	unknown := []any{attrs{"name": acctest.Unknown}, attrs{"name": acctest.Unknown, "source": "a"}}
	w.Validate(resourceType, w.config("PII").With("tags", acctest.Unknown)).WantNone(t)
	w.Validate(resourceType, acctest.Config{"data_source_id": acctest.Unknown, "tags": unknown}).WantNone(t)
	w.WantCalls()
	r := w.Created(w.config("PII"))
	w.Replaces(r, w.config("PII").With("data_source_id", 1), "data_source_id")
	w.Planned(r, w.config("PII").With("tags", []any{attrs{"name": acctest.Unknown}}))
}

func TestProtocolTagsThatAreThereTwice(t *testing.T) {
	w := newWorld(t)
	w.others(fake.Tag{Name: "PII", Source: "curated"}, fake.Tag{Name: "PII", Source: "curated", Deleted: true},
		fake.Tag{Name: "PII"}, fake.Tag{Name: "PII", Source: "discovered"})
	r := w.ByID(fmt.Sprint(w.Source))
	w.wantState(r, "PII")
	w.PlansEmpty(r, w.config("PII"))
	r = w.Settled(r, w.config("PII", "Finance"))
	r = w.Settled(r, w.config("Finance"))
	w.wantState(r, "Finance")
}

// TestProtocolTagsPlan: nothing of a plan is left open that is known.
func TestProtocolTagsPlan(t *testing.T) {
	w := newWorld(t)
	plan := w.Planned(w.Absent(), w.config("PII"))
	if unknown := acctest.UnknownAttributes(plan.Planned); len(unknown) > 0 {
		t.Errorf("unknown in the plan: %q", unknown)
	}
	acctest.WantAttributes(t, plan.Planned, attrs{
		"id": fmt.Sprint(w.Source), "on_destroy": "remove", "tags": []any{attrs{"name": "PII", "source": "curated"}},
	})
	plan = w.Planned(w.Absent(), w.config("PII").With("data_source_id", acctest.Unknown))
	acctest.WantAttributes(t, plan.Planned, attrs{"id": acctest.Unknown})
	w.WantCalls()
}

func TestProtocolTagsOnDestroy(t *testing.T) {
	w := newWorld(t)
	config := w.config("PII")
	kept := config.With("on_destroy", "keep")
	r := w.Created(config)
	w.Tenant.ResetJournal()
	r = w.Applied(r, kept)
	w.WantCalls()
	w.Want(r, "on_destroy", "keep")
	w.Applied(r, nil)
	w.WantCalls()
	w.wantTags("PII@curated")

	// Left out, the default is back.
	r = w.Settled(r, config)
	w.Want(r, "on_destroy", "remove")
	w.Applied(r, nil)
	w.wantTags()
	w.Validate(resourceType, config.With("on_destroy", "abandon")).WantErrorAt(t, "on_destroy", "keep")
}
