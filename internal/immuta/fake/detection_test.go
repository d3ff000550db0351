package fake_test

import (
	"net/http"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestDetectRemoteChanges(t *testing.T) {
	t.Parallel()
	c := connect(t)
	one := c.tenant.AddSource(fake.SourceSpec{Hostname: "one.example.com", Table: "ORDERS"})
	c.tenant.AddSource(fake.SourceSpec{Hostname: "two.example.com"})
	for name, test := range map[string]struct {
		body object
		jobs int
	}{
		"everywhere": {object{}, 2},
		"sources":    {object{"dataSourceIds": []int{one}}, 1},
		"host":       {object{"hostname": "one.example.com", "overrides": object{"httpPath": "/sql"}}, 1},
		"table":      {object{"table": "ORDERS"}, 1},
		"nothing":    {object{"hostname": "one.example.com", "port": 1}, 0},
	} {
		got := c.do("PUT", "/dataSource/detectRemoteChanges", test.body, http.StatusOK)
		if jobs := len(c.states(got.text("bulkId"))); jobs != test.jobs {
			t.Errorf("%s: %d jobs, want %d", name, jobs, test.jobs)
		}
	}
	for _, body := range []object{
		{"dataSourceIds": []int{one}, "hostname": "one.example.com"}, {"schemaEvolutionId": 1, "table": "ORDERS"}, {"skipColumnDetection": true},
	} {
		c.do("PUT", "/dataSource/detectRemoteChanges", body, http.StatusBadRequest)
	}
	c.do("POST", "/dataSource/bulkRefreshViews", object{"dataSourceIds": []int{one}}, http.StatusOK)
	c.do("POST", "/dataSource/bulkRefreshViews", object{}, http.StatusBadRequest)
}
