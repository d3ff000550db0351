package comment_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const resourceType = "immuta_data_source_comment"

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
	w := world{Env: env, Protocol: env.Protocol(map[string]any{"max_retries": 0}), t: t, source: env.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})}
	env.Tenant.ResetJournal()
	return w
}

func (w world) config() acctest.Config {
	return acctest.Config{"data_source_id": w.source, "body": "Nulls since Monday."}
}

// only is the only comment of the tenant.
func (w world) only() fake.Comment {
	w.t.Helper()
	all := w.Tenant.Comments(w.source)
	if len(all) != 1 {
		w.t.Fatalf("%d comments, want one: %+v", len(all), all)
	}
	return all[0]
}

// wantCalls fails unless these requests were sent since it was last called; ids are stars.
func (w world) wantCalls(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, acctest.Calls(w.Tenant.Journal())); diff != "" {
		w.t.Fatalf("requests (-want +got):\n%s", diff)
	}
	w.Tenant.ResetJournal()
}

func (w world) wantGone(r acctest.Resource) acctest.Resource {
	w.t.Helper()
	r, diags := w.Refresh(r)
	diags.WantWarning(w.t, "removed from the state")
	if r.Exists() {
		w.t.Fatal("still in the state")
	}
	return r
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config().With("affected_column", "name").With("associated_query", 7)
	r := w.Applied(absent, config)
	w.wantCalls("POST /dataSource/*/comments", "GET /dataSource/*/comments/*")
	got := w.only()
	want := fake.Comment{
		ID: got.ID, AuthorID: fake.DefaultProfileID, Body: "Nulls since Monday.", AffectedColumn: "name", AssociatedQuery: 7, CreatedAt: got.CreatedAt, UpdatedAt: got.UpdatedAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tenant (-want +got):\n%s", diff)
	}
	for at, want := range map[string]any{
		"id": int64(got.ID), "data_source_id": int64(w.source), "author_id": int64(fake.DefaultProfileID), "resolved": false, "parent_id": nil, "created_at": "2026-01-05T08:00:00.001Z",
	} {
		if got := acctest.Get(r.State, at); got != want {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
	r = w.WantEmptyPlan(t, r, config)
	w.wantCalls("GET /dataSource/*/comments/*")

	// Resolving is the only change.
	config = config.With("resolved", true)
	r = w.Applied(r, config)
	w.wantCalls("POST /dataSource/*/comments/*/resolve", "GET /dataSource/*/comments/*")
	if !w.only().Resolved || acctest.Get(r.State, "updated_at") == acctest.Get(r.State, "created_at") {
		t.Errorf("not resolved: %+v", w.only())
	}
	r = w.WantEmptyPlan(t, r, config)
	w.TryPlan(r, config.With("resolved", false)).WantErrorAt(t, "resolved", "cannot be opened again")
	r = w.WantEmptyPlan(t, r, config.Without("resolved"))

	for at, value := range map[string]any{"body": "Other words.", "affected_column": "id", "associated_query": 8, "data_source_id": 5} {
		plan := w.Planned(r, config.With(at, value).With("resolved", false))
		if len(plan.Replaces) != 1 || !strings.Contains(plan.Replaces[0], at) {
			t.Errorf("a change of %s replaces %q", at, plan.Replaces)
		}
	}

	w.Tenant.ResetJournal()
	r = w.Applied(r, nil)
	w.wantCalls("DELETE /dataSource/*/comments/*")
	if r.Exists() || len(w.Tenant.Comments(w.source)) > 0 {
		t.Error("the comment is still there")
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.MustApply(t, absent, w.config())
	w.Tenant.ResetJournal()
	config := acctest.Config{"data_source_id": w.source, "body": "Fixed.\n", "parent_id": acctest.Get(parent.State, "id"), "resolved": true}
	r := w.Applied(absent, config)
	w.wantCalls("POST /dataSource/*/comments/*/reply", "POST /dataSource/*/comments/*/resolve", "GET /dataSource/*/comments/*")
	r = w.WantEmptyPlan(t, r, config)
	all := w.Tenant.Comments(w.source)
	if len(all) != 2 || all[1].ParentID != all[0].ID || !all[1].Resolved || all[0].Resolved {
		t.Errorf("the tenant has %+v", all)
	}

	// White space that Immuta trims is no drift.
	w.Tenant.UpdateComment(w.source, all[1].ID, func(c *fake.Comment) { c.Body = "Fixed." })
	r = w.WantEmptyPlan(t, r, config)

	// Deleting the parent takes the reply along.
	w.Applied(parent, nil)
	w.Applied(r, nil)
	w.wantGone(r)
}

func TestDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fake.WithNumericStrings())
	r := w.MustApply(t, absent, w.config())
	id := w.only().ID

	// Resolved elsewhere: left alone, unless the configuration says otherwise.
	w.Tenant.UpdateComment(w.source, id, func(c *fake.Comment) { c.Resolved = true })
	r = w.WantEmptyPlan(t, r, w.config())
	if acctest.Get(r.State, "resolved") != true {
		t.Error("resolved is not read")
	}
	r = w.WantEmptyPlan(t, r, w.config().With("resolved", true))
	w.TryPlan(r, w.config().With("resolved", false)).WantErrorAt(t, "resolved", "comment", "-replace")

	w.Tenant.UpdateComment(w.source, id, func(c *fake.Comment) { c.Body = "somebody else's words" })
	r = w.Refreshed(r)
	plan := w.Planned(r, w.config())
	if len(plan.Replaces) != 1 {
		t.Errorf("other words replace %q", plan.Replaces)
	}

	// Deleted elsewhere, and with its source.
	w.Tenant.RemoveComment(w.source, id)
	r = w.MustApply(t, w.wantGone(r), w.config())
	w.Tenant.Destroy(w.source)
	w.wantGone(r)
	w.Applied(r, nil)
}

func TestImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.Tenant.AddComment(w.source, fake.Comment{Body: "Why?"})
	id := w.Tenant.AddComment(w.source, fake.Comment{Body: "Because.", ParentID: parent})
	r := w.Imported(resourceType, fmt.Sprintf("%d/%d", w.source, id))
	same, diags := w.ImportIdentity(resourceType, map[string]any{"data_source_id": w.source, "id": id})
	diags.WantNone(t)
	if !r.State.Equal(same.State) {
		t.Errorf("the imports differ: %s, %s", r.State, same.State)
	}
	w.WantEmptyPlan(t, r, acctest.Config{"data_source_id": w.source, "body": "Because.", "parent_id": parent})

	// What Immuta does not answer is believed, once.
	id = w.Tenant.AddComment(w.source, fake.Comment{Body: "Nulls.", AffectedColumn: "name"})
	r = w.Imported(resourceType, fmt.Sprintf("%d/%d", w.source, id))
	config := acctest.Config{"data_source_id": w.source, "body": "Nulls.", "affected_column": "name"}
	w.Tenant.ResetJournal()
	r, diags = w.Apply(r, config)
	diags.WantWarningAt(t, "affected_column", "Written down without looking")
	diags.WantNoError(t)
	if writes := w.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("%q", writes.Lines())
	}
	r = w.WantEmptyPlan(t, r, config)
	plan := w.Planned(r, config.With("affected_column", "id"))
	if len(plan.Replaces) != 1 {
		t.Errorf("another column replaces %q", plan.Replaces)
	}

	for _, id := range []string{"57", "57/", "x/1", "57/x", "57/0", "/1", "57/1/2"} {
		w.TryImport(resourceType, id).WantError(t, "Malformed import id", "57/1200")
	}
	missing, diags := w.Import(resourceType, fmt.Sprintf("%d/1", w.source))
	diags.WantWarning(t, "comment 1 on data source")
	if missing.Exists() {
		t.Error("a comment was imported that does not exist")
	}
}

func TestValidators(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Validate(resourceType, w.config()).WantNone(t)
	w.Validate(resourceType, acctest.Config{"data_source_id": acctest.Unknown, "body": acctest.Unknown, "parent_id": acctest.Unknown}).WantNone(t)
	for _, c := range []struct {
		config   acctest.Config
		at, says string
	}{
		{w.config().With("data_source_id", 0), "data_source_id", "at least 1"},
		{w.config().With("body", ""), "body", "at least 1"},
		{w.config().With("affected_column", ""), "affected_column", "at least 1"},
		{w.config().With("associated_query", 0), "associated_query", "at least 1"},
		{w.config().With("parent_id", -1), "parent_id", "at least 1"},
		{w.config().With("parent_id", 1).With("affected_column", "name"), "affected_column", "parent_id"},
		{w.config().With("parent_id", 1).With("associated_query", 2), "associated_query", "parent_id"},
	} {
		w.Validate(resourceType, c.config).WantErrorAt(t, c.at, c.says)
	}
}

func TestCreateErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.TryApply(absent, w.config().With("data_source_id", 5)).WantErrorAt(t, "data_source_id", "No such data source")
	w.TryApply(absent, w.config().With("parent_id", 5)).WantErrorAt(t, "parent_id", "No such comment", "on the same data source")
	w.TryApply(absent, w.config().With("parent_id", 5).With("data_source_id", 5)).WantErrorAt(t, "data_source_id", "No such data source")
	w.TryApply(absent, w.config().With("affected_column", "customer")).WantErrorAt(t, "affected_column", `has no column "customer", but id, name, created_at`)
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: http.StatusBadRequest, Message: "too long"})
	w.TryApply(absent, w.config().With("affected_column", "name")).WantError(t, "too long")
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 422, Body: `{"message": "Invalid", "validation": [{"path": "body", "message": "rude"}]}`})
	w.TryApply(absent, w.config()).WantErrorAt(t, "body", "rude")
	if all := w.Tenant.Comments(w.source); len(all) > 0 {
		t.Errorf("the tenant has %+v", all)
	}
}

func TestTenantsWithoutComments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.MustApply(t, absent, w.config())
	w.Tenant.Configure(fake.Without(fake.Comments))
	says := []string{"the tenant has no such call", "Later versions of Immuta have dropped comments", "terraform state rm"}
	refreshed, diags := w.Refresh(r)
	diags.WantError(t, says...)
	if !refreshed.Exists() {
		t.Error("the comment left the state")
	}
	w.TryApply(r, w.config().With("resolved", true)).WantError(t, says...)
	w.TryApply(absent, w.config()).WantError(t, says...)
	w.TryApply(absent, w.config().With("parent_id", acctest.Get(r.State, "id"))).WantError(t, says...)
}

// TestFaults loses answers at every request. A create may leave one extra comment, and says so; nothing else may.
func TestFaults(t *testing.T) {
	t.Parallel()
	faults := []fake.Fault{
		{Reset: true}, {Reset: true, When: fake.After}, {Status: 500}, {Status: 503, When: fake.After}, {HTML: true}, {HTML: true, When: fake.After},
		{Truncate: true}, {Status: 200, Body: `{"success": false, "status": false}`}, {Status: 403},
	}
	for name, c := range map[string]struct {
		before, after, requests int // 0: absent, 1: plain, 2: resolved
	}{
		"create": {0, 1, 2}, "create resolved": {0, 2, 3}, "resolve": {1, 2, 2}, "delete": {1, 0, 1},
	} {
		for request := range c.requests {
			for i, fault := range faults {
				t.Run(fmt.Sprintf("%s, request %d, fault %d", name, request, i), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					config := []acctest.Config{nil, w.config(), w.config().With("resolved", true)}
					r := absent
					if c.before > 0 {
						r = w.MustApply(t, r, config[c.before])
					}
					fault.Skip = request
					w.Tenant.Fault(fault)
					after, diags := w.Apply(r, config[c.after])
					if !r.Exists() && after.Exists() && len(diags.Errors()) > 0 {
						t.Fatalf("an error beside a state taints the comment: %q", diags.Errors())
					}
					extra := 0
					if c.before == 0 && !after.Exists() {
						extra = len(w.Tenant.Comments(w.source))
						if extra > 0 {
							diags.WantWarning(t, "Whether the comment was added is not known", "delete the extra one")
						}
					}
					if c.after == 0 {
						if after.Exists() {
							w.Applied(after, nil)
						}
						if all := w.Tenant.Comments(w.source); len(all) > 0 {
							t.Errorf("left: %+v", all)
						}
						return
					}
					if after.Exists() {
						after = w.Refreshed(after)
					}
					w.MustApply(t, after, config[c.after])
					all := w.Tenant.Comments(w.source)
					if len(all) != 1+extra || all[len(all)-1].Resolved != (c.after == 2) {
						t.Errorf("the tenant has %+v", all)
					}
				})
			}
		}
	}
}

func TestOtherHost(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t), newWorld(t)
	r := w.MustApply(t, absent, w.config())
	refreshed, diags := other.Refresh(r)
	diags.WantError(t, "Another tenant")
	if !refreshed.Exists() {
		t.Error("the comment left the state")
	}
	other.TryApply(r, w.config().With("resolved", true)).WantError(t, "was not tried")
	other.TryApply(r, nil).WantError(t, "was not tried")
}

func TestWithoutProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.MustApply(t, absent, w.config())
	p := w.Env.Protocol(map[string]any{"host": acctest.Unknown})
	p.TryRefresh(r).WantWarning(t, "Not refreshed")
	for _, config := range []acctest.Config{w.config().With("resolved", true), nil} {
		p.TryApply(r, config).WantError(t, "The provider is not configured yet")
	}
	p.TryApply(absent, w.config()).WantError(t, "The provider is not configured yet")
}
