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

func TestProtocolRetryAfterIsWaitedOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, config attrs
		method, path   string
	}{
		"create":  {config: protoConfig(), method: "POST", path: "/snowflake/handler"},
		"update":  {before: protoConfig(), config: protoConfig(attrs{"description": "x"}), method: "PUT", path: "/dataSource/*"},
		"disable": {before: protoConfig(), config: protoConfig(attrs{"enabled": false}), method: "PUT", path: "/dataSource/bulk/disable"},
		"destroy": {before: protoConfig(attrs{"on_destroy": "delete"}), method: "DELETE", path: "/dataSource/*"},
		"read":    {config: protoConfig(), method: "GET", path: "/dataSource/*"},
	} {
		for form, retryAfter := range map[string]func(now time.Time) string{
			"seconds": func(time.Time) string { return "21" },
			// The tenant's clock is not ours: only its own Date tells how long that is.
			"a date": func(now time.Time) string { return now.Add(21 * time.Second).UTC().Format(http.TimeFormat) },
		} {
			t.Run(name+", "+form, func(t *testing.T) {
				env := acctest.New(t)
				w := &waits{}
				p := env.Protocol(nil, w.record)
				r := absent()
				if test.before != nil {
					r = create(t, p, test.before)
				}
				env.Tenant.Fault(fake.Fault{Method: test.method, Path: test.path, Status: 429, RetryAfter: retryAfter(env.Tenant.Now())})
				r = p.Applied(r, test.config)
				if r.Exists() != (test.config != nil) {
					t.Fatalf("in the state: %t", r.Exists())
				}
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
}

func TestProtocolRetryAfterBeyondTheTimeoutIsAnError(t *testing.T) {
	t.Parallel()
	timeouts := attrs{"timeouts": attrs{"create": "30s", "read": "30s", "update": "30s", "delete": "30s"}}
	before := protoConfig(timeouts)
	for name, test := range map[string]struct {
		run          func(*acctest.Protocol, acctest.Resource) acctest.Diagnostics
		method, path string
	}{
		"create": {method: "POST", path: "/snowflake/handler", run: func(p *acctest.Protocol, _ acctest.Resource) acctest.Diagnostics {
			_, diags := p.Apply(absent(), protoConfig(timeouts, attrs{"name": "Second", "remote_table": "SECOND"}))
			return diags
		}},
		"read": {method: "GET", path: "/dataSource/*", run: func(p *acctest.Protocol, r acctest.Resource) acctest.Diagnostics {
			_, diags := p.Refresh(r)
			return diags
		}},
		"update": {method: "PUT", path: "/dataSource/*", run: func(p *acctest.Protocol, r acctest.Resource) acctest.Diagnostics {
			_, diags := p.Apply(r, protoConfig(timeouts, attrs{"description": "x"}))
			return diags
		}},
		"destroy": {method: "PUT", path: "/dataSource/bulk/disable", run: func(p *acctest.Protocol, r acctest.Resource) acctest.Diagnostics {
			_, diags := p.Apply(r, nil)
			return diags
		}},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			w := &waits{}
			p := env.Protocol(nil, w.record)
			r := create(t, p, before)
			env.Tenant.Fault(fake.Fault{Method: test.method, Path: test.path, Status: 429, RetryAfter: "3600"})
			test.run(p, r).WantError(t, "429", "1h0m", "timeout")
			if got := w.all(); len(got) > 0 {
				t.Fatalf("waited %s all the same", got)
			}
		})
	}
}

func TestProtocolRequestTimeoutIsNamed(t *testing.T) {
	env, p := acctest.Start(t, attrs{"request_timeout": "20ms", "max_retries": 0})
	env.Tenant.Fault(fake.Fault{Method: "POST", Hang: true})
	p.TryApply(absent(), protoConfig()).WantError(t, "POST /snowflake/handler", "request_timeout (20ms)")
}

func TestProtocolOperationTimeoutIsNamed(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Method: "POST", Hang: true})
	p.TryApply(absent(), protoConfig(attrs{"timeouts": attrs{"create": "20ms"}})).WantError(t, "POST /snowflake/handler", "the create timeout (20ms) ran out")
}

// TestProtocolCreateThatRanOutOfTimeIsLookedUp: the look-up has time of its own.
func TestProtocolCreateThatRanOutOfTimeIsLookedUp(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Method: "POST", Hang: true, When: fake.After})
	config := protoConfig(attrs{"timeouts": attrs{"create": "500ms"}})
	r := create(t, p, config)
	sourceOf(t, env.Tenant, r)
	p.WantEmptyPlan(t, r, config)
}
