package handler_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// waits records how long a client would have waited.
type waits struct {
	mu sync.Mutex
	d  []time.Duration
}

func (w *waits) record(c *immuta.Config) {
	c.Wait = func(ctx context.Context, d time.Duration) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.d = append(w.d, d)
		return ctx.Err()
	}
}

func (w *waits) all() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.d)
}

// TestProtocolRetryAfter waits as long as a refusal asks for, and not at all when that is longer than the operation may take.
func TestProtocolRetryAfter(t *testing.T) {
	t.Parallel()
	timeouts := attrs{"timeouts": attrs{"create": "30s", "read": "30s", "update": "30s", "delete": "30s"}}
	config := protoConfig(timeouts)
	for name, test := range map[string]struct {
		before, config acctest.Config
		refresh        bool
		method, path   string
	}{
		"create":  {config: config, method: "POST", path: "/snowflake/handler"},
		"update":  {before: config, config: config.With("description", "x"), method: "PUT", path: "/dataSource/*"},
		"disable": {before: config, config: config.With("enabled", false), method: "PUT", path: "/dataSource/bulk/disable"},
		"destroy": {before: config.With("on_destroy", "delete"), method: "DELETE", path: "/dataSource/*"},
		"read":    {before: config, refresh: true, method: "GET", path: "/dataSource/*"},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			w := &waits{}
			r := absent()
			if test.before != nil {
				r = create(t, env.Protocol(nil, w.record), test.before)
			}
			run := func(retryAfter string) acctest.Diagnostics {
				env.Tenant.Fault(fake.Fault{Method: test.method, Path: test.path, Status: 429, RetryAfter: retryAfter})
				p := env.Protocol(nil, w.record) // One that has met no refusal.
				if test.refresh {
					return p.TryRefresh(r)
				}
				return p.TryApply(r, test.config)
			}
			run("3600").WantError(t, "429", "1h0m", "timeout")
			if got := w.all(); len(got) > 0 {
				t.Fatalf("waited %s all the same", got)
			}
			// The tenant's clock is not ours: only its own Date tells how long that is.
			run(env.Tenant.Now().Add(21 * time.Second).UTC().Format(http.TimeFormat)).WantNone(t)
			// A date has no fractions of a second. Who comes back after it is spread a little, and goes on slowly.
			got := w.all()
			if len(got) == 0 || got[0] < 20*time.Second || got[0] > 24*time.Second {
				t.Fatalf("waited %s, want once 21s", got)
			}
			for _, later := range got[1:] {
				if later > 2*time.Second {
					t.Fatalf("waited %s", got)
				}
			}
		})
	}
}

func TestProtocolOperationTimeoutIsNamed(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Method: "POST", Hang: true})
	config := protoConfig(attrs{"timeouts.create": "20ms"})
	p.TryApply(absent(), config).WantError(t, "POST /snowflake/handler", "the create timeout (20ms) ran out")
}
