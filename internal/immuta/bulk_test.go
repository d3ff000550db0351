package immuta_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// answering answers the requests of a path one after the other, the last one again and again.
func answering(bodies ...string) http.HandlerFunc {
	next := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(bodies[next]))
		next = min(next+1, len(bodies)-1)
	}
}

func started(bulkID string, jobs int) immuta.Started {
	count := immuta.Int(jobs)
	return immuta.Started{BulkID: bulkID, Jobs: immuta.Lenient[immuta.Int]{Answered: true, Value: &count}}
}

func TestAwait(t *testing.T) {
	t.Parallel()
	const two, failed = `{"id": "b", "state": "completed"}`, `{"id": "c", "state": "failed", "output": "No."}`
	row := func(state string) string { return fmt.Sprintf(`{"id": "a", "state": %q}`, state) }
	list := func(rows ...string) string { return "[" + strings.Join(rows, ", ") + "]" }
	for name, test := range map[string]struct {
		started immuta.Started
		answers []string
		want    immuta.Finished
		reports []string
		untold  bool
	}{
		"every state": {
			started: started("1", 1), answers: []string{list(row("created")), list(row("active")), list(row("retry")), list(row("completed"))},
			want: immuta.Finished{Jobs: 1}, reports: []string{"1 of 1"},
		},
		"expired": {
			started: started("1", 2), answers: []string{list(row("expired"), two)}, reports: []string{"2 of 2"},
			want: immuta.Finished{Jobs: 2, Failed: []string{"job a of Immuta expired: no output"}},
		},
		"failed and given up": {
			started: started("1", 2), answers: []string{list(row("expired"), row("active")), list(row("expired"), failed)},
			want:    immuta.Finished{Jobs: 2, Failed: []string{"job a of Immuta expired: no output", "job c of Immuta failed: No."}},
			reports: []string{"1 of 2", "2 of 2"},
		},
		"listed late": {
			started: started("1", 2), answers: []string{list(), list(two), list(two, row("completed"))},
			want: immuta.Finished{Jobs: 2}, reports: []string{"1 of 2", "2 of 2"},
		},
		"as many as there are": {
			started: immuta.Started{BulkID: "1"}, answers: []string{list(two, row("completed"))}, want: immuta.Finished{Jobs: 2},
			reports: []string{"2 of 2"},
		},
		"none": {started: started("1", 0), answers: []string{list(two)}},
		"not all listed": {
			started: started("1", 2), answers: []string{list(two)}, want: immuta.Finished{Jobs: 2}, reports: []string{"1 of 2"}, untold: true,
		},
		"none listed":     {started: started("1", 2), answers: []string{list()}, want: immuta.Finished{Jobs: 2}, untold: true},
		"no list":         {started: started("1", 2), answers: []string{"{}"}, want: immuta.Finished{Jobs: 2}, untold: true},
		"counts alone":    {started: started("1", 2), answers: []string{`{"pending": "2"}`}, want: immuta.Finished{Jobs: 2}, untold: true},
		"no id to ask by": {started: started("", 2), answers: []string{list(two)}, want: immuta.Finished{Jobs: 2}, untold: true},
	} {
		inParallel(t, name, func(t *testing.T) {
			client := connect(t, answering(test.answers...))
			var reports []string
			got, err := client.Await(t.Context(), test.started, func(done, all int) {
				reports = append(reports, fmt.Sprintf("%d of %d", done, all))
			})
			if _, untold := errors.AsType[*immuta.UntoldError](err); untold != test.untold || !untold && err != nil {
				t.Errorf("error: %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.reports, reports); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
		})
	}
}

// Jobs are asked for in growing intervals, and no longer than there is time.
func TestAwaitEndsWithItsTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, func(c *immuta.Config) { c.Wait = nil })
		id := int64(tenant.AddSource(fake.SourceSpec{}))
		tenant.HoldJobs()
		work, err := client.BulkUpdate(t.Context(), immuta.BulkUpdate{Kind: immuta.BulkDisable, SourceIDs: []int64{id}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Await(within(t, 10*time.Minute), work, func(int, int) {})
		if !errors.Is(err, errLate) || !strings.Contains(err.Error(), "0 of 1 jobs are done") {
			t.Errorf("error: %v", err)
		}
		if n := tenant.Journal().Count(http.MethodGet, "/jobs"); n < 20 || n > 60 {
			t.Errorf("asked %d times", n)
		}
	})
}

// What must not take effect twice is never sent again, not even after a refusal that asks for it, unless it was not sent.
func TestWhatMustNotTakeEffectTwiceIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(ctx context.Context, c *immuta.Client, id int64) error{
		"deletion": func(ctx context.Context, c *immuta.Client, id int64) error {
			_, err := c.BulkUpdate(ctx, immuta.BulkUpdate{Kind: immuta.BulkDelete, SourceIDs: []int64{id}})
			return err
		},
		"task": func(ctx context.Context, c *immuta.Client, id int64) error { return c.CompleteTask(ctx, id) },
	} {
		for _, fault := range []fake.Fault{{Status: 429, RetryAfter: "1"}, {Status: 503, RetryAfter: "1"}, {Status: 502}, {Reset: true}} {
			inParallel(t, fmt.Sprintf("%s %d", name, fault.Status), func(t *testing.T) {
				tenant, client := start(t)
				id := tenant.AddSource(fake.SourceSpec{})
				path, sent := "/dataSource/bulk/delete", int64(id)
				if name == "task" {
					sent = int64(tenant.AddTask(fake.Task{SourceID: id}))
					path = fmt.Sprintf("/dataSource/tasks/%d", sent)
				}
				fault.Path = path
				tenant.Fault(fault)
				if err := send(t.Context(), client, sent); !immuta.IsUncertain(err) {
					t.Errorf("error: %v", err)
				}
				if n := tenant.Journal().Count("", path); n != 1 {
					t.Errorf("sent %d times", n)
				}
			})
		}
	}
}

// The name of a job run is taken in every form that it may have; what names none is no success.
func TestTriggerAnswers(t *testing.T) {
	t.Parallel()
	ref := immuta.HandlerRef{Prefix: "snowflake", ID: 22}
	for body, want := range map[string]string{
		`"5e0c-1"`: "5e0c-1", `5e0c-1`: "5e0c-1", " 17\n": "17", `{"id": "5e0c-1"}`: "5e0c-1", `{"jobId": 7}`: "",
	} {
		run, err := connect(t, answering(body)).RefreshNativeView(t.Context(), ref)
		if err != nil || run != want {
			t.Errorf("%s: %q, %v", body, run, err)
		}
	}
	for _, body := range []string{"", "null", `""`, `{"message": "Down for maintenance."}`, "<html></html>"} {
		if run, err := connect(t, answering(body)).RefreshNativeView(t.Context(), ref); err == nil {
			t.Errorf("%s: %q", body, run)
		}
	}
}
