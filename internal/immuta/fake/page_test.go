package fake_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// pagedLists is every list that has pages, of four rows each, by the key that its rows are under.
func pagedLists(c *client) map[string]string {
	var id int
	for range 4 {
		id = c.tenant.AddSource(fake.SourceSpec{})
	}
	for i := range 3 {
		c.tenant.AddMember(id, fake.Member{GroupID: c.tenant.AddGroup(fmt.Sprintf("Group %d", i))})
		c.tenant.AddActivity(id, fake.Activity{NotificationType: "modelUpdated"})
	}
	for range 4 {
		c.tenant.AddTask(fake.Task{SourceID: id})
	}
	return map[string]string{
		"/dataSource": "hits", fmt.Sprintf("/dataSource/%d/access", id): "users", fmt.Sprintf("/dataSource/%d/activities", id): "activities",
		fmt.Sprintf("/dataSource/%d/tasks", id): "hits", pendingPath: "outgoing",
	}
}

const pendingPath = "/dataSource/tasks/pending"

func TestPaging(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options []fake.Option
		want    map[string]int // rows by query
		counts  bool
	}{
		"as asked":       {nil, map[string]int{"size=3": 3, "size=3&offset=3": 1, "size=3&offset=4": 0}, true},
		"capped":         {[]fake.Option{fake.WithPageCap(2)}, map[string]int{"size=3": 2, "": 2, "size=1": 1, "size=3&offset=3": 1}, true},
		"repeated":       {[]fake.Option{fake.WithRepeatedPages()}, map[string]int{"size=3": 3, "size=3&offset=3": 3}, true},
		"without counts": {[]fake.Option{fake.WithoutCounts()}, map[string]int{"size=3": 3, "size=3&offset=3": 1}, false},
	} {
		c := connect(t, test.options...)
		for path, key := range pagedLists(c) {
			for query, want := range test.want {
				got := c.do("GET", path+"?"+query, nil, http.StatusOK)
				if rows, _ := got.object()[key].([]any); len(rows) != want {
					t.Errorf("%s: %s?%s has %d rows, want %d", name, path, query, len(rows), want)
				}
				count, counted := got.object()["count"]
				if path != pendingPath && (counted != test.counts || counted && count != 4.0) {
					t.Errorf("%s: %s?%s has the count %v", name, path, query, count)
				}
			}
		}
		if got := c.do("GET", "/dataSource?mode=1", nil, http.StatusOK); got.number("count") != 4 {
			t.Errorf("%s: who asks for a count alone gets %s", name, got.body)
		}
	}
}
