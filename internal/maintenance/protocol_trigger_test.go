package maintenance_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

type attrs = map[string]any

// wantProgress fails the test unless one message of an action's progress holds the text.
func wantProgress(t *testing.T, got acctest.Invocation, text string) {
	t.Helper()
	if !strings.Contains(strings.Join(got.Progress, "\n"), text) {
		t.Errorf("no progress with %q, but %q", text, got.Progress)
	}
}

// wantCalls fails the test unless the tenant has seen just these requests.
func wantCalls(t *testing.T, tenant *fake.Tenant, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, tenant.Journal().Lines(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// The technology and the handler are looked up, and the name of the job is told in either of its forms.
func TestTriggers(t *testing.T) {
	t.Parallel()
	for action, job := range map[string]string{
		"immuta_recalculate_high_cardinality": "triggerHighCardinalityJob", "immuta_refresh_native_view": "refreshNativeViewJob",
	} {
		for name, options := range map[string][]fake.Option{"JSON": nil, "text": {fake.WithPlainJobNames()}} {
			t.Run(action+" "+name, func(t *testing.T) {
				env, p := acctest.Start(t, nil, options...)
				id := env.Tenant.AddSource(fake.SourceSpec{Technology: "Synapse", Name: "Orders"})
				source, _ := env.Tenant.Source(id)
				got := p.Invoke(action, attrs{"data_source_id": id})
				got.WantNone(t)
				wantProgress(t, got, "(Orders) in job 5e0c0000-0000-4000-8000-000000000001.")
				wantCalls(t, env.Tenant, "GET /dataSource/"+strconv.Itoa(id), "PUT /asa/handler/"+strconv.Itoa(source.HandlerID)+"/"+job)

				p.Invoke(action, attrs{"data_source_id": 4711}).WantErrorAt(t, "data_source_id", "data source 4711", "not found")
			})
		}
	}
}

func TestTriggerThatATechnologyLacks(t *testing.T) {
	env, p := acctest.Start(t, nil)
	id := env.Tenant.AddSource(fake.SourceSpec{Technology: "Databricks"})
	p.Invoke("immuta_refresh_native_view", attrs{"data_source_id": id}).WantErrorAt(t, "data_source_id", "no such job", "Databricks")
}

// An answer that names no job is no success.
func TestTriggerInMaintenance(t *testing.T) {
	env, p := acctest.Start(t, nil)
	id := env.Tenant.AddSource(fake.SourceSpec{})
	env.Tenant.Fault(fake.Fault{Method: http.MethodPut, Status: 200, Body: `{"message": "Down for maintenance."}`, Times: fake.Always})
	p.Invoke("immuta_recalculate_high_cardinality", attrs{"data_source_id": id}).WantError(t, "tells nothing of what was done", "maintenance")
}

func TestRefreshNativeViews(t *testing.T) {
	env, p := acctest.Start(t, nil)
	one, two := env.Tenant.AddSource(fake.SourceSpec{}), env.Tenant.AddSource(fake.SourceSpec{})
	const action = "immuta_refresh_native_views"
	config := attrs{"data_source_ids": []any{two, one}}
	got := p.Invoke(action, config)
	got.WantNone(t)
	wantProgress(t, got, "2 data sources")
	if diff := cmp.Diff(attrs{"dataSourceIds": []any{float64(one), float64(two)}}, env.Tenant.Journal()[0].JSON()); diff != "" {
		t.Error(diff)
	}

	// A POST is not repeated blindly.
	env.Tenant.ResetJournal()
	env.Tenant.Fault(fake.Fault{Reset: true, When: fake.After})
	p.Invoke(action, config).WantError(t, "POST /dataSource/bulkRefreshViews", "does no harm")
	wantCalls(t, env.Tenant, "POST /dataSource/bulkRefreshViews")
	p.Invoke(action, attrs{"data_source_ids": []any{}}).WantErrorAt(t, "data_source_ids", "at least 1")
}

func TestTasks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ action, call, said string }{
		"complete": {"immuta_complete_task", http.MethodGet, "is completed"},
		"delete":   {"immuta_delete_task", http.MethodDelete, "is deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			source := env.Tenant.AddSource(fake.SourceSpec{})
			done := func(task int) bool {
				for _, one := range env.Tenant.Tasks(source) {
					if one.ID == task {
						return one.State == fake.TaskCompleted
					}
				}
				return name == "delete"
			}
			task := env.Tenant.AddTask(fake.Task{SourceID: source, Values: []string{"x1"}})
			got := p.Invoke(test.action, attrs{"task_id": task})
			got.WantNone(t)
			wantProgress(t, got, test.said)
			wantCalls(t, env.Tenant, test.call+" /dataSource/tasks/"+strconv.Itoa(task))
			if !done(task) || strings.Contains(got.Said(), "plain") {
				t.Errorf("task: %v, said %q", env.Tenant.Tasks(source), got.Said())
			}
			p.Invoke(test.action, attrs{"task_id": 4711}).WantErrorAt(t, "task_id", "Task not found")

			// Lost answers: of what took effect, and of what did not.
			lost := env.Tenant.AddTask(fake.Task{SourceID: source})
			env.Tenant.Fault(fake.Fault{Method: test.call, Path: "/dataSource/tasks/" + strconv.Itoa(lost), Reset: true, When: fake.After})
			p.Invoke(test.action, attrs{"task_id": lost}).WantNone(t)
			if !done(lost) {
				t.Error("not done")
			}
			lost = env.Tenant.AddTask(fake.Task{SourceID: source})
			env.Tenant.ResetJournal()
			env.Tenant.Fault(fake.Fault{Method: test.call, Path: "/dataSource/tasks/" + strconv.Itoa(lost), Status: 500})
			got = p.Invoke(test.action, attrs{"task_id": lost})
			if name == "delete" {
				// Deleting again cannot hit another task.
				got.WantNone(t)
				return
			}
			got.WantError(t, "500", "still among the pending")
			if done(lost) || env.Tenant.Journal().Count(http.MethodGet, "/dataSource/tasks/"+strconv.Itoa(lost)) != 1 {
				t.Errorf("requests: %q", env.Tenant.Journal().Lines())
			}
		})
	}
}

func TestDeleteSQLAccounts(t *testing.T) {
	env, p := acctest.Start(t, nil)
	grace, _ := env.Tenant.AddUser("Grace Hopper")
	env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "own"})
	env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "grace", ProfileID: grace})
	const action = "immuta_delete_sql_accounts"
	config := attrs{"profile_id": grace, "user_id": strconv.Itoa(grace)}
	env.Tenant.Fault(fake.Fault{Truncate: true})
	got := p.Invoke(action, config)
	got.WantNone(t)
	wantProgress(t, got, "no SQL account any more")
	accounts := env.Tenant.SQLAccounts()
	if _, ok := accounts["own"]; !ok || len(accounts) != 1 {
		t.Errorf("accounts: %v", accounts)
	}
	p.Invoke(action, attrs{"profile_id": 4711, "user_id": "x"}).WantErrorAt(t, "profile_id", "User not found")
	p.Invoke(action, attrs{"profile_id": grace, "user_id": ".."}).WantErrorAt(t, "user_id", "path")
	env.Tenant.Fault(fake.Fault{Status: 200, Body: `{"status": false}`})
	p.Invoke(action, config).WantError(t, "answered that it failed")
}

func TestCheckHealth(t *testing.T) {
	env, p := acctest.Start(t, nil)
	id := env.Tenant.AddSource(fake.SourceSpec{})
	const action = "immuta_check_data_source_health"
	got := p.Invoke(action, attrs{"data_source_id": id})
	got.WantNone(t)
	wantProgress(t, got, "sql passed")
	wantProgress(t, got, "No check of data source "+strconv.Itoa(id)+" failed.")

	env.Tenant.SetCheck(id, "sql", "failed")
	env.Tenant.SetCheck(id, "stats", "failed")
	p.Invoke(action, attrs{"data_source_id": id}).WantErrorAt(t, "data_source_id", "these checks failed: sql, stats", `"lastRun"`)
	got = p.Invoke(action, attrs{"data_source_id": id, "fail_on_failed_checks": false})
	got.WantNoError(t)
	got.WantWarning(t, "Health checks failed", "data source "+strconv.Itoa(id), "sql, stats")
	p.Invoke(action, attrs{"data_source_id": 4711}).WantErrorAt(t, "data_source_id", "4711")
}

// An action before its provider is configured says what to do.
func TestActionOfAnUnconfiguredProvider(t *testing.T) {
	env := acctest.New(t)
	p, _ := env.TryProtocol(attrs{"host": acctest.Unknown})
	p.Invoke("immuta_complete_task", attrs{"task_id": 1}).WantError(t, "not configured yet", "Completing task 1")
	wantCalls(t, env.Tenant)
}
