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
			var mu sync.Mutex
			var waited []time.Duration
			record := func(c *immuta.Config) {
				c.Wait = func(ctx context.Context, d time.Duration) error {
					mu.Lock()
					defer mu.Unlock()
					waited = append(waited, d)
					return ctx.Err()
				}
			}
			r := absent()
			if test.before != nil {
				r = create(t, env.Protocol(nil, record), test.before)
			}
			run := func(retryAfter string) acctest.Diagnostics {
				env.Tenant.Fault(fake.Fault{Method: test.method, Path: test.path, Status: 429, RetryAfter: retryAfter})
				p := env.Protocol(nil, record) // One that has met no refusal.
				if test.refresh {
					return p.TryRefresh(r)
				}
				return p.TryApply(r, test.config)
			}
			run("3600").WantError(t, "429", "1h0m", "timeout")
			if len(waited) > 0 {
				t.Fatalf("waited %s all the same", waited)
			}
			// The tenant's clock is not ours: only its own Date tells how long that is.
			run(env.Tenant.Now().Add(21 * time.Second).UTC().Format(http.TimeFormat)).WantNone(t)
			// A date has no fractions of a second. Who comes back after it is spread a little, and goes on slowly.
			again := func(d time.Duration) bool { return d > 2*time.Second }
			if len(waited) == 0 || waited[0] < 20*time.Second || waited[0] > 24*time.Second || slices.ContainsFunc(waited[1:], again) {
				t.Fatalf("waited %s, want once 21s", waited)
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
