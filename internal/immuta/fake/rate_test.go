package fake_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := fake.New(fake.WithRateLimit(2, "1"))
		id := tenant.AddSource(fake.SourceSpec{})
		send := func(method, path string, want int) *httptest.ResponseRecorder {
			t.Helper()
			answered := served(tenant, method, path, "", nil)
			if answered.Code != want {
				t.Errorf("%s %s: %d %s, want %d", method, path, answered.Code, answered.Body, want)
			}
			return answered
		}
		send("GET", "/dataSource", 200)
		time.Sleep(600 * time.Millisecond)
		send("GET", "/dataSource", 200)
		tenant.Fault(fake.Fault{})
		refused := send("DELETE", "/dataSource/100", 429)
		const body = `{"error":"Too Many Requests","message":"Rate limit exceeded.","statusCode":429}`
		if refused.Header().Get("Retry-After") != "1" || refused.Body.String() != body {
			t.Errorf("the refusal is %v %s", refused.Header(), refused.Body)
		}
		if s, _ := tenant.Source(id); s.Deleted || len(tenant.PendingFaults()) != 1 {
			t.Errorf("the refused request took effect: %+v, faults %v", s, tenant.PendingFaults())
		}
		tenant.ClearFaults()
		if entry := tenant.Journal()[2]; entry.Status != 429 || entry.Fault != "rate limit" {
			t.Errorf("unexpected journal: %+v", entry)
		}
		// The first has left the window, the second not yet.
		time.Sleep(400 * time.Millisecond)
		send("GET", "/dataSource", 200)
		tenant.Configure(fake.WithRateLimit(1, ""))
		send("GET", "/dataSource", 200)
		if refused := send("GET", "/dataSource", 429); refused.Header().Values("Retry-After") != nil {
			t.Errorf("Retry-After is %q", refused.Header().Values("Retry-After"))
		}
		tenant.Configure(fake.WithRateLimit(0, ""))
		for range 9 {
			send("GET", "/dataSource", http.StatusOK)
		}
	})
}
