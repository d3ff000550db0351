package comment_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const resourceType = "immuta_data_source_comment"

type attrs = map[string]any

// world is a bench whose source has comments.
type world struct {
	*acctest.Bench
	t *testing.T
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	t.Parallel()
	return world{acctest.NewBench(t, resourceType, options...).With(attrs{"max_retries": 0}), t}
}

func (w world) config() acctest.Config {
	return acctest.Config{"data_source_id": w.Source, "body": "Nulls since Monday."}
}

// only is the only comment of the tenant.
func (w world) only() fake.Comment {
	w.t.Helper()
	all := w.Tenant.Comments(w.Source)
	if len(all) != 1 {
		w.t.Fatalf("%d comments, want one: %+v", len(all), all)
	}
	return all[0]
}

func TestLifecycle(t *testing.T) {
	w := newWorld(t)
	config := w.config().With("affected_column", "name").With("associated_query", 7)
	acctest.WantAttributes(t, w.Planned(w.Absent(), config).Planned, attrs{"resolved": false})
	r := w.Applied(w.Absent(), config)
	w.WantCalls("POST /dataSource/*/comments", "GET /dataSource/*/comments/*")
	got := w.only()
	want := fake.Comment{
		ID: got.ID, AuthorID: fake.DefaultProfileID, Body: "Nulls since Monday.", AffectedColumn: "name", AssociatedQuery: 7,
		CreatedAt: got.CreatedAt, UpdatedAt: got.UpdatedAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tenant (-want +got):\n%s", diff)
	}
	acctest.WantAttributes(t, r.State, attrs{
		"id": fmt.Sprint(got.ID), "data_source_id": w.Source, "author_id": fake.DefaultProfileID, "resolved": false, "parent_id": nil,
		"created_at": "2026-01-05T08:00:00.001Z",
	})
	r = w.PlansEmpty(r, config)
	w.WantCalls("GET /dataSource/*/comments/*")

	// Resolving is the only change.
	config = config.With("resolved", true)
	r = w.Applied(r, config)
	w.WantCalls("POST /dataSource/*/comments/*/resolve", "GET /dataSource/*/comments/*")
	if !w.only().Resolved || acctest.Get(r.State, "updated_at") == acctest.Get(r.State, "created_at") {
		t.Errorf("not resolved: %+v", w.only())
	}
	r = w.PlansEmpty(r, config)
	w.TryPlan(r, config.With("resolved", false)).WantErrorAt(t, "resolved", "cannot be opened again")
	r = w.PlansEmpty(r, config.Without("resolved"))

	for at, value := range map[string]any{"body": "Other words.", "affected_column": "id", "associated_query": 8, "data_source_id": 5} {
		w.Replaces(r, config.With(at, value).With("resolved", false), at)
	}

	w.Tenant.ResetJournal()
	w.Applied(r, nil)
	w.WantCalls("DELETE /dataSource/*/comments/*")
}

func TestReply(t *testing.T) {
	w := newWorld(t)
	parent := w.Created(w.config())
	w.Tenant.ResetJournal()
	config := w.config().Merge(acctest.Config{"body": "Fixed.\n", "parent_id": w.only().ID, "resolved": true})
	r := w.Applied(w.Absent(), config)
	w.WantCalls("POST /dataSource/*/comments/*/reply", "POST /dataSource/*/comments/*/resolve", "GET /dataSource/*/comments/*")
	r = w.PlansEmpty(r, config)
	all := w.Tenant.Comments(w.Source)
	if len(all) != 2 || all[1].ParentID != all[0].ID || !all[1].Resolved || all[0].Resolved {
		t.Errorf("the tenant has %+v", all)
	}

	// White space that Immuta trims is no drift.
	w.Tenant.UpdateComment(w.Source, all[1].ID, func(c *fake.Comment) { c.Body = "Fixed." })
	r = w.PlansEmpty(r, config)

	// Deleting the parent takes the reply along.
	w.Applied(parent, nil)
	w.Applied(r, nil)
	w.Gone(r)
}

func TestDrift(t *testing.T) {
	w := newWorld(t, fake.WithNumericStrings())
	r := w.Created(w.config())
	id := w.only().ID

	// Resolved elsewhere: left alone, unless the configuration says otherwise.
	w.Tenant.UpdateComment(w.Source, id, func(c *fake.Comment) { c.Resolved = true })
	r = w.PlansEmpty(r, w.config())
	w.Want(r, "resolved", true)
	r = w.PlansEmpty(r, w.config().With("resolved", true))
	w.TryPlan(r, w.config().With("resolved", false)).WantErrorAt(t, "resolved", "comment", "-replace")

	w.Tenant.UpdateComment(w.Source, id, func(c *fake.Comment) { c.Body = "somebody else's words" })
	w.Replaces(w.Refreshed(r), w.config(), "body")
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	parent := w.Tenant.AddComment(w.Source, fake.Comment{Body: "Why?"})
	id := w.Tenant.AddComment(w.Source, fake.Comment{Body: "Because.", ParentID: parent})
	r := w.ByID(fmt.Sprintf("%d/%d", w.Source, id))
	w.ByIdentity(attrs{"data_source_id": w.Source, "id": id}).Same(t, r)
	w.PlansEmpty(r, acctest.Config{"data_source_id": w.Source, "body": "Because.", "parent_id": parent})

	// What Immuta does not answer is believed, once.
	id = w.Tenant.AddComment(w.Source, fake.Comment{Body: "Nulls.", AffectedColumn: "name"})
	r = w.ByID(fmt.Sprintf("%d/%d", w.Source, id))
	config := w.config().Merge(acctest.Config{"body": "Nulls.", "affected_column": "name", "timeouts": attrs{"read": "1h"}})
	if unknown := acctest.UnknownAttributes(w.Planned(r, config).Planned); len(unknown) > 0 {
		t.Errorf("an update that sends nothing may change %q", unknown)
	}
	w.Tenant.ResetJournal()
	r, diags := w.Apply(r, config)
	diags.WantWarningAt(t, "affected_column", "Written down without looking")
	if warnings := diags.Warnings(); len(warnings) != 1 {
		t.Errorf("timeouts are nothing that Immuta could answer: %q", warnings)
	}
	diags.WantNoError(t)
	w.WantNoWrites()
	r = w.PlansEmpty(r, config)
	w.Replaces(r, config.With("affected_column", "id"), "affected_column")

	for _, id := range []string{"57", "57/", "x/1", "57/x", "57/0", "/1", "57/1/2"} {
		w.TryImport(resourceType, id).WantError(t, "Malformed import id", "57/1200")
	}
	w.NothingToImport(fmt.Sprintf("%d/1", w.Source), "comment 1 on data source")
}

func TestValidators(t *testing.T) {
	w := newWorld(t)
	w.Validate(resourceType, w.config()).WantNone(t)
	unknown := acctest.Config{"data_source_id": acctest.Unknown, "body": acctest.Unknown, "parent_id": acctest.Unknown}
	w.Validate(resourceType, unknown).WantNone(t)
	for at, value := range map[string]any{"data_source_id": 0, "body": "", "affected_column": "", "associated_query": 0, "parent_id": -1} {
		w.Validate(resourceType, w.config().With(at, value)).WantErrorAt(t, at, "at least 1")
	}
	reply := w.config().With("parent_id", 1)
	w.Validate(resourceType, reply.With("affected_column", "name")).WantErrorAt(t, "affected_column", "parent_id")
	w.Validate(resourceType, reply.With("associated_query", 2)).WantErrorAt(t, "associated_query", "parent_id")
}

func TestCreateErrors(t *testing.T) {
	w := newWorld(t)
	w.TryApply(w.Absent(), w.config().With("data_source_id", 5)).WantErrorAt(t, "data_source_id", "No such data source")
	w.TryApply(w.Absent(), w.config().With("parent_id", 5)).WantErrorAt(t, "parent_id", "No such comment", "on the same data source")
	w.TryApply(w.Absent(), w.config().With("parent_id", 5).With("data_source_id", 5)).WantErrorAt(t, "data_source_id", "No such data source")
	w.TryApply(w.Absent(), w.config().With("affected_column", "customer")).
		WantErrorAt(t, "affected_column", `has no column "customer", but id, name, created_at`)
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: http.StatusBadRequest, Message: "too long"})
	w.TryApply(w.Absent(), w.config().With("affected_column", "name")).WantError(t, "too long")
	const invalid = `{"message": "Invalid", "validation": [{"path": "body", "message": "rude"}]}`
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 422, Body: invalid})
	w.TryApply(w.Absent(), w.config()).WantErrorAt(t, "body", "rude")
	if all := w.Tenant.Comments(w.Source); len(all) > 0 {
		t.Errorf("the tenant has %+v", all)
	}
}

func TestTenantsWithoutComments(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config())
	w.Tenant.Configure(fake.Without(fake.Comments))
	says := []string{"the tenant has no such call", "Later versions of Immuta have dropped comments", "terraform state rm"}
	w.TryRefresh(r).WantError(t, says...)
	w.TryApply(r, w.config().With("resolved", true)).WantError(t, says...)
	w.TryApply(w.Absent(), w.config()).WantError(t, says...)
	w.TryApply(w.Absent(), w.config().With("parent_id", 1)).WantError(t, says...)
}
