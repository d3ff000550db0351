package task_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const resourceType = "immuta_unmask_request"

type attrs = map[string]any

// world is a bench with a second person who can be asked. Its test must not read a task, since that completes it.
type world struct {
	*acctest.Bench
	alan int
}

func newWorld(t *testing.T, options ...fake.Option) world {
	t.Helper()
	t.Parallel()
	w := world{Bench: acctest.NewBench(t, resourceType, options...).With(attrs{"max_retries": 0})}
	w.alan, _ = w.Tenant.AddUser("Alan Turing")
	w.Tenant.Before(http.MethodGet, "/dataSource/tasks/*", func(r *fake.Request) { t.Errorf("a task was completed by %s", r) })
	return w
}

func (w world) config() acctest.Config {
	return acctest.Config{"data_source_id": w.Source, "column": "name", "reason": "Fraud case 12.", "profile_ids": []any{w.Grace, w.alan}}
}

func TestLifecycle(t *testing.T) {
	w := newWorld(t)
	config := w.config().With("project_id", 7).With("values", []any{"x1", "x2"})
	r := w.Applied(w.Absent(), config)
	sent := w.Tenant.Journal()[0].JSON()
	want := attrs{
		"column": "name", "unmaskingReason": "Fraud case 12.", "unmaskingUsers": []any{float64(w.Grace), float64(w.alan)},
		"projectId": 7.0, "values": []any{"x1", "x2"},
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
	w.WantCalls("POST /dataSource/*/reverseMask")
	task := w.Tenant.Tasks(w.Source)[0]
	acctest.WantAttributes(t, r.State, attrs{
		"id": fmt.Sprint(task.ID), "task_ids.0": task.ID, "state": "pending", "requesting_profile_id": fake.DefaultProfileID,
		"created_at": "2026-01-05T08:00:00.001Z",
	})
	r = w.PlansEmpty(r, config)
	w.WantCalls("GET /dataSource/*/tasks")

	// Completed requests stay, and are not made again, not even when their tasks are cleared away.
	w.Tenant.CompleteTask(task.ID)
	r = w.PlansEmpty(r, config)
	w.Want(r, "state", "completed")
	w.Tenant.RemoveTask(task.ID)
	r = w.PlansEmpty(r, config)

	for at, value := range map[string]any{
		"column": "id", "reason": "Another.", "profile_ids": []any{w.Grace}, "project_id": 8, "values": []any{"x1"}, "data_source_id": 5,
	} {
		w.Replaces(r, config.With(at, value), at)
	}
	w.Applied(r, nil)
}

func TestSeveralTasks(t *testing.T) {
	w := newWorld(t, fake.WithTaskPerTarget(), fake.WithNumericStrings())
	r := w.Created(w.config())
	tasks := w.Tenant.Tasks(w.Source)
	w.Tenant.ResetJournal()
	w.Applied(r, nil)
	w.WantCalls("DELETE /dataSource/tasks/*", "DELETE /dataSource/tasks/*")
	if left := w.Tenant.Tasks(w.Source); len(tasks) != 2 || len(left) > 0 {
		t.Errorf("left of %+v: %+v", tasks, left)
	}

	r = w.Created(w.config())
	tasks = w.Tenant.Tasks(w.Source)
	acctest.WantAttributes(t, r.State, attrs{"id": fmt.Sprint(tasks[0].ID), "task_ids.1": tasks[1].ID})

	// Pending until the last one is done.
	w.Tenant.CompleteTask(tasks[0].ID)
	r = w.PlansEmpty(r, w.config())
	w.Want(r, "state", "pending")
	// The identity stays when the first one goes.
	w.Tenant.RemoveTask(tasks[0].ID)
	r = w.PlansEmpty(r, w.config())
	acctest.WantAttributes(t, r.State, attrs{"id": fmt.Sprint(tasks[0].ID), "task_ids.0": tasks[1].ID})
	w.Tenant.RemoveTask(tasks[1].ID)
	w.Gone(r)
}

// TestManyTasks finds a task behind a page of others, and one whose state an odd tenant only lists by itself.
func TestManyTasks(t *testing.T) {
	w := newWorld(t)
	r := w.Created(w.config())
	for range 250 {
		w.Tenant.AddTask(fake.Task{SourceID: w.Source, Column: "id"})
	}
	w.Tenant.AddTask(fake.Task{SourceID: w.Source, Type: "columnAdded"})
	w.Tenant.ResetJournal()
	r = w.PlansEmpty(r, w.config())
	w.WantCalls("GET /dataSource/*/tasks", "GET /dataSource/*/tasks")

	w.Tenant.CompleteTask(w.Tenant.Tasks(w.Source)[0].ID)
	w.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/*/tasks", Status: 200, Body: `{"hits": [], "count": 0}`})
	r = w.PlansEmpty(r, w.config())
	w.Want(r, "state", "completed")
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	id := w.Tenant.AddTask(fake.Task{SourceID: w.Source, Column: "name", Reason: "Fraud case 12.", TargetIDs: []int{w.Grace}})
	r := w.ByID(fmt.Sprintf("%d/%d", w.Source, id))
	same := w.ByIdentity(attrs{"data_source_id": w.Source, "id": id})
	same.Same(t, r)
	w.Want(r, "column", "name")
	w.PlansEmpty(r, w.config().Without("reason", "profile_ids"))

	// What Immuta does not answer is believed, once: nobody is asked again.
	config := w.config().With("profile_ids", []any{w.Grace})
	w.Tenant.ResetJournal()
	r, diags := w.Apply(r, config)
	diags.WantNoError(t)
	diags.WantWarningAt(t, "reason", "Written down without looking")
	diags.WantWarningAt(t, "profile_ids", "Written down without looking")
	w.WantNoWrites()
	r = w.PlansEmpty(r, config)
	w.Replaces(r, config.With("reason", "Another."), "reason")
	// Another column is another request even right after an import.
	w.Replaces(same, config.With("column", "id"), "column")

	w.TryImport(resourceType, "57").WantError(t, "Malformed import id", "the id of the task (57/1200)")
	other := w.Tenant.AddTask(fake.Task{SourceID: w.Source, Type: "columnAdded"})
	for _, missing := range []int{1, other} {
		w.NothingToImport(fmt.Sprintf("%d/%d", w.Source, missing), fmt.Sprintf("request to unmask (task %d)", missing))
	}
}

func TestValidators(t *testing.T) {
	w := newWorld(t)
	w.Validate(resourceType, w.config()).WantNone(t)
	w.Validate(resourceType, w.config().With("profile_ids", acctest.Unknown).With("values", acctest.Unknown)).WantNone(t)
	for at, value := range map[string]any{
		"data_source_id": 0, "column": "", "reason": "", "project_id": 0, "profile_ids": []any{}, "values": []any{},
	} {
		w.Validate(resourceType, w.config().With(at, value)).WantErrorAt(t, at, "at least 1")
	}
	for _, needed := range []string{"reason", "profile_ids"} {
		w.TryPlan(w.Absent(), w.config().Without(needed)).WantErrorAt(t, needed, "A new request lacks "+needed)
	}
	w.Validate(resourceType, w.config().With("profile_ids", []any{0})).WantError(t, "at least 1")
	w.Validate(resourceType, w.config().With("profile_ids", []any{nil})).WantErrorAt(t, "profile_ids", "null")
	w.Validate(resourceType, w.config().With("values", []any{nil})).WantErrorAt(t, "values", "null")
}

func TestErrors(t *testing.T) {
	w := newWorld(t)
	w.TryApply(w.Absent(), w.config().With("data_source_id", 5)).WantErrorAt(t, "data_source_id", "No such data source")
	w.TryApply(w.Absent(), w.config().With("column", "customer")).
		WantErrorAt(t, "column", `has no column "customer", but id, name, created_at`)
	w.TryApply(w.Absent(), w.config().With("profile_ids", []any{5})).WantError(t, "the profile 5")
	const invalid = `{"message": "Invalid", "validation": [
		{"path": "unmaskingUsers.0", "message": "cannot unmask"}, {"path": "unmaskingReason", "message": "too short"}]}`
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 422, Body: invalid})
	w.TryApply(w.Absent(), w.config()).WantErrorAt(t, "reason", "too short")
	if all := w.Tenant.Tasks(w.Source); len(all) > 0 {
		t.Errorf("the tenant has %+v", all)
	}

	w.Tenant.Configure(fake.Without(fake.Unmasking))
	w.TryApply(w.Absent(), w.config()).WantError(t, "the tenant has no such call", "requests to unmask")
}

// TestTasksListedTwice: a task is one, however often Immuta names it.
func TestTasksListedTwice(t *testing.T) {
	w := newWorld(t)
	id := w.Tenant.AddTask(fake.Task{SourceID: w.Source, TargetIDs: []int{fake.DefaultProfileID}, Column: "name", Reason: "Fraud case 12."})
	row := fmt.Sprintf(`{"id": %d, "type": "unmask", "state": "pending", "reason": "Fraud case 12.", "metadata": {"column": "name"}}`, id)
	w.Tenant.Fault(fake.Fault{Method: "POST", Status: 200, Body: fmt.Sprintf(`[%s, %s]`, row, row)})
	r := w.Created(w.config())
	w.Want(r, "task_ids", []any{int64(id)})
	w.Tenant.Fault(fake.Fault{
		Method: "GET", Path: "/dataSource/*/tasks", Times: fake.Always, Status: 200,
		Body: fmt.Sprintf(`{"hits": [%s, %s], "count": 2}`, row, row),
	})
	w.Tenant.ResetJournal()
	r = w.PlansEmpty(r, w.config())
	w.WantCalls("GET /dataSource/*/tasks")
	found, diags := w.DataSource("immuta_data_source_tasks", attrs{"data_source_id": w.Source})
	diags.WantNoError(t)
	diags.WantWarning(t, "may not be complete")
	if tasks, _ := acctest.Get(found, "tasks").([]any); len(tasks) != 1 || acctest.Get(found, "tasks.0.id") != int64(id) {
		t.Errorf("the data source has %v", tasks)
	}
	w.Tenant.ClearFaults()
	w.Tenant.ResetJournal()
	w.Applied(r, nil)
	w.WantCalls("DELETE /dataSource/tasks/*")
}

func TestPendingTasksListedTwice(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Status: 200, Body: `{"incoming": [{"id": 7}, {"id": 7}], "outgoing": []}`})
	acctest.WantAttributes(t, p.Answered("immuta_pending_tasks", nil), attrs{"incoming.0.id": 7, "incoming.1": nil})
}
