package maintenance_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const bulk = "immuta_bulk_update_data_sources"

// bulkWorld is a tenant with three data sources.
type bulkWorld struct {
	*acctest.Env
	*acctest.Protocol

	ids   []int
	grace int
}

func newBulkWorld(t *testing.T, options ...fake.Option) bulkWorld {
	t.Helper()
	env, p := acctest.Start(t, attrs{"max_retries": 0}, options...)
	w := bulkWorld{Env: env, Protocol: p}
	for range 3 {
		w.ids = append(w.ids, env.Tenant.AddSource(fake.SourceSpec{}))
	}
	w.grace, _ = env.Tenant.AddUser("Grace Hopper")
	return w
}

func (w bulkWorld) all() []any {
	var ids []any
	for _, id := range w.ids {
		ids = append(ids, id)
	}
	return ids
}

// config is an operation on all data sources, with the arguments that it needs.
func (w bulkWorld) config(operation string) acctest.Config {
	config := acctest.Config{"operation": operation, "data_source_ids": w.all()}
	switch operation {
	case "add-users":
		return config.With("users", []any{attrs{"profile_id": w.grace, "role": "expert"}})
	case "tags":
		return config.With("tags", []any{attrs{"name": "Team.A"}, attrs{"name": "B", "source": "okta"}})
	}
	return config
}

// done tells which data sources have what an operation is for.
func (w bulkWorld) done(operation string) []bool {
	var done []bool
	for _, id := range w.ids {
		source, ok := w.Tenant.Source(id)
		switch operation {
		case "add-users":
			ok = slices.ContainsFunc(w.Tenant.Members(id), func(m fake.Member) bool { return m.ProfileID == w.grace && m.State == "expert" })
		case "tags":
			ok = len(source.Tags) == 2
		case "delete":
			ok = !ok
		default:
			ok = source.Deleted == (operation == "disable")
		}
		done = append(done, ok)
	}
	return done
}

// prepare brings all data sources into the state that an operation changes.
func (w bulkWorld) prepare(operation string) {
	if operation == "restore" || operation == "delete" {
		for _, id := range w.ids {
			w.Tenant.Disable(id)
		}
	}
}

var operations = []string{"add-users", "disable", "restore", "delete", "tags"}

func TestBulkUpdate(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		t.Run(operation, func(t *testing.T) {
			w := newBulkWorld(t, fake.WithJobDelay(3))
			w.prepare(operation)
			got := w.Invoke(bulk, w.config(operation))
			got.WantNoError(t)
			wantProgress(t, got, "bulk operation 4001")
			wantProgress(t, got, "3 of 3 jobs are done.")
			if diff := cmp.Diff([]bool{true, true, true}, w.done(operation)); diff != "" {
				t.Error(diff)
			}
			if n := w.Tenant.Journal().Count(http.MethodPut, "/dataSource/bulk/"+operation); n != 1 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

func TestBulkUpdateSends(t *testing.T) {
	w := newBulkWorld(t)
	for operation, update := range map[string]any{
		"add-users": attrs{"profiles": []any{attrs{"id": float64(w.grace), "state": "expert"}}},
		"tags":      attrs{"tags": []any{attrs{"name": "Team.A", "source": "curated"}, attrs{"name": "B", "source": "okta"}}},
		"disable":   nil,
	} {
		w.Tenant.ResetJournal()
		w.Invoke(bulk, w.config(operation)).WantNone(t)
		if diff := cmp.Diff(update, w.Tenant.Journal()[0].JSON()["update"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operation, diff)
		}
	}
}

// Of several jobs, one fails: the error has its output, and says of each data source whether it is done.
func TestBulkUpdateThatFailsInPart(t *testing.T) {
	t.Parallel()
	for operation, instead := range map[string]string{
		"add-users": "is no member", "disable": "it is still live", "restore": "it is still disabled",
		"tags": `it does not have the tag "Team.A"`, "delete": "it is disabled, not deleted",
	} {
		t.Run(operation, func(t *testing.T) {
			w := newBulkWorld(t)
			w.prepare(operation)
			w.Tenant.FailJob(w.ids[1], "The warehouse sleeps. password: "+fake.DefaultAPIKey)
			got := w.Invoke(bulk, w.config(operation))
			got.WantError(t, "1 of 3 jobs failed", "The warehouse sleeps.", fmt.Sprintf("data source %d: not done: ", w.ids[1]), instead)
			if operation != "delete" {
				got.WantError(t, fmt.Sprintf("data source %d: done", w.ids[0]), fmt.Sprintf("data source %d: done", w.ids[2]), "no harm")
			}
			if strings.Contains(got.Said(), fake.DefaultAPIKey) {
				t.Error("a secret is shown")
			}
			if diff := cmp.Diff([]bool{true, false, true}, w.done(operation)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBulkUpdateOfUnknownSource(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		t.Run(operation, func(t *testing.T) {
			w := newBulkWorld(t)
			w.prepare(operation)
			got := w.Invoke(bulk, w.config(operation).With("data_source_ids", append(w.all(), 4711)))
			got.WantError(t, "data source 4711: could not be looked at", "Data source not found")
			if deletes := operation == "delete"; deletes == w.done(operation)[0] {
				t.Errorf("done: %t", w.done(operation))
			}
		})
	}
}

// Without waiting, nothing is said of the outcome, and nothing is asked.
func TestBulkUpdateWithoutWaiting(t *testing.T) {
	w := newBulkWorld(t)
	w.Tenant.HoldJobs()
	for _, operation := range operations {
		w.Tenant.ResetJournal()
		w.Invoke(bulk, w.config(operation).With("wait", false)).WantNoError(t)
		if w.Tenant.Journal().Count("", "/jobs") > 0 {
			t.Errorf("requests: %q", w.Tenant.Journal().Lines())
		}
	}
}

func TestBulkUpdateTimesOut(t *testing.T) {
	w := newBulkWorld(t)
	w.Tenant.HoldJobs()
	w.Invoke(bulk, w.config("disable").With("timeout", "50ms")).WantError(t, "the action timeout (50ms) ran out")
}

// What is known when the action is ended is told, and what to do.
func TestBulkUpdateIsCanceled(t *testing.T) {
	w := newBulkWorld(t)
	w.Tenant.Fault(fake.Fault{
		Method: http.MethodGet, Path: "/jobs", Times: fake.Always, Status: 200,
		Body: `[{"id": "a", "state": "failed", "output": "No."}, {"id": "b", "state": "active"}]`,
	})
	ctx, cancel := context.WithCancel(t.Context())
	w.Protocol = w.Env.Protocol(nil, func(c *immuta.Config) {
		c.Wait = func(ctx context.Context, _ time.Duration) error {
			cancel()
			return ctx.Err()
		}
	})
	w.InvokeContext(ctx, bulk, w.config("disable")).
		WantError(t, "context canceled", "1 of 3 jobs are done", "Immuta goes on", "job a of Immuta failed: No.", "longer timeout")
}

// Where a tenant does not tell of its jobs, the data sources show what became of them.
func TestBulkUpdateWithoutJobList(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		t.Run(operation, func(t *testing.T) {
			w := newBulkWorld(t, fake.WithoutJobList(), fake.WithJobDelay(8))
			w.prepare(operation)
			got := w.Invoke(bulk, w.config(operation))
			got.WantNoError(t)
			wantProgress(t, got, "does not tell of its jobs")
			if diff := cmp.Diff([]bool{true, true, true}, w.done(operation)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBulkUpdateWithoutJobListIsCanceled(t *testing.T) {
	t.Parallel()
	for operation, instead := range map[string]string{"disable": "it is still live", "delete": "it is disabled, not deleted"} {
		t.Run(operation, func(t *testing.T) {
			w := newBulkWorld(t, fake.WithoutJobList())
			w.Tenant.HoldJobs()
			w.prepare(operation)
			ctx, cancel := context.WithCancel(t.Context())
			w.Protocol = w.Env.Protocol(nil, func(c *immuta.Config) {
				c.Wait = func(ctx context.Context, _ time.Duration) error {
					cancel()
					return ctx.Err()
				}
			})
			w.InvokeContext(ctx, bulk, w.config(operation)).
				WantError(t, "context canceled", fmt.Sprintf("data source %d: not done: %s", w.ids[1], instead))
		})
	}
}

func TestBulkUpdateOfUnknownSourceWithoutJobList(t *testing.T) {
	w := newBulkWorld(t, fake.WithoutJobList())
	w.Invoke(bulk, w.config("disable").With("data_source_ids", []any{w.ids[0], 4711})).
		WantError(t, "GET /jobs", "data source 4711: could not be looked at")
}

// Whatever becomes of an answer, the operation is done, or fails and can be invoked again. A deletion is sent once.
func TestBulkUpdateLosesAnswers(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		for _, fault := range acctest.LossyFaults() {
			t.Run(operation+" "+fault.Name, func(t *testing.T) {
				w := newBulkWorld(t)
				w.Protocol = w.Env.Protocol(attrs{"max_retries": 2})
				w.prepare(operation)
				fault.Method, fault.Path = http.MethodPut, "/dataSource/bulk/"+operation
				w.Tenant.Fault(fault)
				w.Tenant.ResetJournal()
				got := w.Invoke(bulk, w.config(operation))
				if operation == "delete" {
					if n := w.Tenant.Journal().Count(http.MethodPut, ""); n != 1 {
						t.Errorf("deleted %d times", n)
					}
					if lost := len(got.Errors()) > 0; lost == w.done(operation)[0] {
						t.Errorf("done %t, but %q", w.done(operation), got.Said())
					}
					return
				}
				if len(got.Errors()) > 0 {
					w.Invoke(bulk, w.config(operation)).WantNone(t)
				}
				if diff := cmp.Diff([]bool{true, true, true}, w.done(operation)); diff != "" {
					t.Errorf("%s, but %q", diff, got.Said())
				}
			})
		}
	}
}

// A live data source may only be disabled by a deletion: it is not called deleted, and nothing is sent again.
func TestBulkDeleteOfLiveSources(t *testing.T) {
	w := newBulkWorld(t)
	w.Tenant.Disable(w.ids[1])
	got := w.Invoke(bulk, w.config("delete"))
	got.WantNoError(t)
	wantProgress(t, got, "1 of 3 data sources are deleted for good.")
	got.WantWarning(t, "not deleted for good", fmt.Sprintf("data source %d: not done: it is disabled", w.ids[0]), "Invoke the action again")
	if _, ok := w.Tenant.Source(w.ids[1]); ok {
		t.Error("not deleted")
	}
	diags := w.PlanAction(bulk, w.config("delete"))
	diags.WantWarningAt(t, "operation", "will be deleted", "3 data sources")
	w.PlanAction(bulk, w.config("delete").With("data_source_ids", acctest.Unknown)).WantWarningAt(t, "operation", "the data sources")
}

func TestBulkUpdateIsForbidden(t *testing.T) {
	w := newBulkWorld(t)
	_, key := w.Tenant.AddUser("Nobody", "CREATE_DATA_SOURCE")
	p := w.Env.Protocol(attrs{"api_key": key})
	p.Invoke(bulk, w.config("disable")).WantErrorAt(t, "data_source_ids", "403", "owner")
}

func TestBulkUpdateRefusesArguments(t *testing.T) {
	w := newBulkWorld(t)
	for at, config := range map[string]acctest.Config{
		"users":              w.config("add-users").Without("users"),
		"tags":               w.config("tags").Without("tags"),
		"operation":          w.config("destroy"),
		"users.0.role":       w.config("add-users").With("users", []any{attrs{"profile_id": 1, "role": "friend"}}),
		"users.0.profile_id": w.config("add-users").With("users", []any{attrs{"profile_id": 0, "role": "owner"}}),
		"tags.0.name":        w.config("tags").With("tags", []any{attrs{"name": ""}}),
	} {
		w.PlanAction(bulk, config).WantErrorAt(t, at)
	}
	w.PlanAction(bulk, w.config("disable").With("users", []any{attrs{"profile_id": 1, "role": "owner"}})).
		WantErrorAt(t, "users", `"add-users"`, `"disable"`)
	w.PlanAction(bulk, w.config("disable").With("tags", []any{attrs{"name": "A"}})).WantErrorAt(t, "tags", `"tags"`)
	w.PlanAction(bulk, w.config("tags").With("tags", acctest.Unknown)).WantNone(t)
	w.PlanAction(bulk, w.config("tags").With("operation", acctest.Unknown)).WantNone(t)
	w.PlanAction(bulk, w.config("tags").With("tags", []any{attrs{"name": acctest.Unknown}})).WantNone(t)
}

// Older tenants answer a number, and jobs may not be there at first.
func TestBulkUpdateNumericID(t *testing.T) {
	w := newBulkWorld(t, fake.WithNumericBulkIDs(), fake.WithNumericStrings())
	got := w.Invoke(bulk, w.config("tags"))
	got.WantNone(t)
	wantProgress(t, got, "bulk operation "+strconv.Itoa(4001))
}
