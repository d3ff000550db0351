package immuta_test

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func concurrent(n int) adjust { return func(c *immuta.Config) { c.MaxConcurrentRequests = n } }

func perSecond(n float64) adjust { return func(c *immuta.Config) { c.RequestsPerSecond = n } }

// slow is a transport that takes a while both ways, and notes when each request began and how many there were at once.
type slow struct {
	http.RoundTripper
	takes time.Duration // a request

	mu        sync.Mutex
	now, most int
	begun     []time.Time
}

// distant answers as a tenant over a network does.
func distant(tenant *fake.Tenant) *slow {
	return &slow{RoundTripper: inMemory{tenant}, takes: 40 * time.Millisecond}
}

// slowly answers with the source that is asked for.
func slowly(takes time.Duration) *slow {
	return &slow{takes: takes, RoundTripper: inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"id": %s}`, path.Base(r.URL.Path))
	})}}
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.begun = append(s.begun, time.Now())
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now--
	}()
	time.Sleep(s.takes / 2) // which takes no time in a bubble
	defer time.Sleep(s.takes / 2)
	return s.RoundTripper.RoundTrip(r)
}

// least is the shortest time between two beginnings.
func (s *slow) least() time.Duration {
	slices.SortFunc(s.begun, time.Time.Compare)
	least := time.Duration(1<<63 - 1)
	for i := range s.begun[1:] {
		least = min(least, s.begun[i+1].Sub(s.begun[i]))
	}
	return least
}

func TestConcurrentRequestsAreLimited(t *testing.T) {
	bubble(t, func(t *testing.T) {
		transport := slowly(time.Second)
		client := through(t, transport, concurrent(3))
		begin := time.Now()
		wantNoError(t, parallel(20, func(i int) error { return read(t.Context(), client, int64(i+1)) }))
		wantEqual(t, "requests at once", transport.most, 3)
		wantEqual(t, "the time it took", time.Since(begin), 7*time.Second)
	})
}

func TestPauseHoldsNoSlot(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, concurrent(1), realWaits)
		ids := []int64{addSource(tenant), addSource(tenant)}
		tenant.Fault(fake.Fault{Status: 503, RetryAfter: "60"})
		begin := time.Now()
		paused := make(chan error, 1)
		go func() { _, err := client.Source(t.Context(), ids[0]); paused <- err }()
		synctest.Wait()
		wantNoError(t, read(t.Context(), client, ids[1]))
		if got := time.Since(begin); got > 0 {
			t.Errorf("another caller waited %s for a pause", got)
		}
		wantNoError(t, <-paused)
	})
}

func TestRequestsPerSecondIsACeiling(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		takes time.Duration
		slots int
	}{
		"quick answers": {0, 32},
		"slow answers":  {5 * time.Second, 32},
		// Whoever waits for a slot must not save up leave to send meanwhile.
		"few slots": {5 * time.Second, 4},
	} {
		inBubble(t, name, func(t *testing.T) {
			transport := slowly(test.takes)
			client := through(t, transport, perSecond(10), concurrent(test.slots))
			wantNoError(t, parallel(20, func(i int) error { return read(t.Context(), client, int64(i+1)) }))
			if got := transport.least(); got < 99*time.Millisecond {
				t.Errorf("two requests within %s, want 100ms at least", got)
			}
		})
	}
}

func TestRepetitionsCountAsRequests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, perSecond(0.1), retries(2))
		tenant.Fault(fake.Fault{Times: fake.Always})
		begin := time.Now()
		wantStatus(t, read(t.Context(), client, 100), 503)
		wantEqual(t, "the time that 3 requests took", time.Since(begin).Round(time.Second), 20*time.Second)
	})
}
