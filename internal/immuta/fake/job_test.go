package fake_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// states is the states of a bulk call's jobs.
func (c *client) states(bulkID string) []string {
	c.t.Helper()
	jobs, _ := c.do("GET", "/jobs?bulkId="+bulkID, nil, http.StatusOK).value.([]any)
	var states []string
	for _, value := range jobs {
		job, _ := value.(map[string]any)
		states = append(states, fmt.Sprint(job["state"], " ", job["output"]))
	}
	return states
}

func TestBulkOperations(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	one, two := c.tenant.AddSource(fake.SourceSpec{}), c.tenant.AddSource(fake.SourceSpec{})
	bulk := func(kind string, update object) {
		t.Helper()
		body := object{"ids": []int{one, two}}
		if update != nil {
			body["update"] = update
		}
		got := c.do("PUT", "/dataSource/bulk/"+kind, body, http.StatusOK)
		if got.number("jobsCreated") != 2 {
			t.Errorf("unexpected answer: %s", got.body)
		}
		for _, state := range c.states(got.text("bulkId")) {
			if state != "completed <nil>" {
				t.Errorf("%s: %s", kind, state)
			}
		}
	}
	expect := func(deleted bool) {
		t.Helper()
		if s, _ := c.tenant.Source(one); s.Deleted != deleted {
			t.Errorf("disabled: %t, want %t", s.Deleted, deleted)
		}
	}

	bulk("disable", nil)
	bulk("disable", nil) // However often it is repeated.
	expect(true)
	bulk("restore", nil)
	expect(false)
	bulk("tags", object{"tags": []any{object{"name": "A", "source": "curated"}}})
	bulk("tags", object{"tags": []any{object{"name": "A", "source": "curated"}, object{"name": "B"}}})
	if s, _ := c.tenant.Source(two); len(s.Tags) != 2 {
		t.Errorf("unexpected tags: %v", s.Tags)
	}
	bulk("add-users", object{
		"profiles": []any{object{"id": grace, "state": "expert"}}, "groups": []any{object{"id": 3, "state": "subscribed"}},
	})
	if m := c.tenant.Members(two); len(m) != 3 || m[1].State != "expert" || m[2].GroupID != 3 {
		t.Errorf("unexpected members: %+v", m)
	}
	c.do("PUT", "/dataSource/bulk/add-users", object{
		"ids": []int{one}, "update": object{"profiles": []any{object{"id": grace, "state": "king"}}},
	}, http.StatusBadRequest)
	bulk("delete", nil)
	expect(true)
	bulk("delete", nil)
	if _, ok := c.tenant.Source(one); ok {
		t.Error("not deleted by bulk/delete")
	}

	three := c.tenant.AddSource(fake.SourceSpec{})
	got := c.do("PUT", "/dataSource/bulk/delete", object{"ids": []int{three, one}}, http.StatusOK)
	if states := fmt.Sprint(c.states(got.text("bulkId"))); states != "[completed <nil> failed Data source not found.]" {
		t.Errorf("unexpected jobs: %q", states)
	}
}

func TestJobsTakeTheirTime(t *testing.T) {
	t.Parallel()
	c := connect(t, fake.WithJobDelay(3))
	id := c.tenant.AddSource(fake.SourceSpec{})
	disable := func() string {
		return c.do("PUT", "/dataSource/bulk/disable", object{"ids": []int{id}}, http.StatusOK).text("bulkId")
	}
	bulkID := disable()
	for _, want := range []string{"active <nil>", "active <nil>", "completed <nil>"} {
		if got := c.states(bulkID); got[0] != want {
			t.Errorf("%s, want %s", got[0], want)
		}
	}

	c.tenant.Restore(id)
	c.tenant.FailJob(id, "no privileges")
	c.tenant.Configure(fake.WithJobDelay(1))
	bulkID = disable()
	if got := c.states(bulkID); got[0] != "failed no privileges" {
		t.Errorf("the job is %s", got[0])
	}
	if s, _ := c.tenant.Source(id); s.Deleted {
		t.Error("a failed job took effect")
	}
	c.tenant.Configure(fake.WithJobDelay(0))
	bulkID = disable() // Takes effect before it is answered.
	if s, _ := c.tenant.Source(id); !s.Deleted {
		t.Error("a job without delay did not take effect")
	}

	jobs, _ := c.do("GET", "/jobs?bulkId="+bulkID, nil, http.StatusOK).value.([]any)
	last := reply{value: jobs[0]}
	if last.text("name") != "disable" || last.text("bulkId") != bulkID {
		t.Errorf("unexpected job: %v", last.value)
	}
	got := c.do("POST", "/jobs/statuses", object{"jobIds": []string{last.text("id")}, "wait": -1, "pollInterval": 1}, http.StatusOK)
	if status, _ := got.object()[last.text("id")].(map[string]any); status["state"] != "completed" {
		t.Errorf("unexpected statuses: %s", got.body)
	}
	c.tenant.HoldJobs()
	bulkID = disable()
	for range 3 {
		if got := c.states(bulkID); got[0] != "created <nil>" {
			t.Errorf("a held job is %s", got[0])
		}
	}
	c.do("POST", "/jobs/statuses", object{"jobIds": []string{"none"}}, http.StatusNotFound)
}
