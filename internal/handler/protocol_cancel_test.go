package handler_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A cancellation strikes during one request of an operation.
type cancellation struct {
	request int
	when    fake.When
	// byCall cancels the context of the call instead of pressing Ctrl-C.
	byCall bool
	// lost takes the answer away as well, unless the request is a mere GET.
	lost bool
}

func (c cancellation) String() string {
	return fmt.Sprintf("request %d, after %t, by call %t, lost %t", c.request+1, c.when == fake.After, c.byCall, c.lost)
}

// TestProtocolCancelledDuringAnyRequest cancels operations during each of their requests: nothing may start after it but the
// look-up of a create or a deletion of which the outcome is not known, no source may be there that the state does not know,
// and applying again converges.
func TestProtocolCancelledDuringAnyRequest(t *testing.T) {
	t.Parallel()
	turn := 0
	for _, c := range faultCases() {
		if c.simple {
			continue // Its requests are met in a longer operation.
		}
		var all []cancellation
		for request := range c.requests(t) {
			turn++
			all = append(all, cancellation{request: request, when: fake.When(turn % 2), byCall: turn%3 == 0})
		}
		all = append(all, cancellation{request: 0, lost: true, byCall: turn%2 == 0})
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, one := range all {
				t.Run(one.String(), func(t *testing.T) { c.cancel(t, one) })
			}
		})
	}
}

func (c faultCase) cancel(t *testing.T, how cancellation) {
	t.Helper()
	env := acctest.NewSerial(t)
	p := env.Protocol(nil)
	r := c.arrange(t, env, p)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	var mu sync.Mutex
	met, arrived := 0, -1
	hook := func(request *fake.Request) {
		mu.Lock()
		defer mu.Unlock()
		if met++; met != how.request+1 {
			return
		}
		arrived = len(env.Tenant.Journal())
		if how.lost && request.Method != "GET" {
			env.Tenant.Fault(fake.Fault{Method: request.Method, Path: request.Path, Reset: true, When: fake.After})
		}
		if how.byCall {
			cancel()
		} else {
			p.Stop()
		}
	}
	if how.when == fake.Before {
		env.Tenant.Before("", "", hook)
	} else {
		env.Tenant.After("", "", hook)
	}
	after, diags := p.ApplyContext(ctx, r, c.config)
	if arrived < 0 {
		t.Fatalf("the request was not met: %q", env.Tenant.Journal().Lines())
	}
	c.wantNothingStarted(t, env.Tenant.Journal(), arrived)
	if c.before == nil && c.behind == nil && !after.Exists() && len(env.Tenant.Sources()) > 0 {
		t.Fatalf("the state does not know %+v", env.Tenant.Sources())
	}
	env.Tenant.ClearFaults()
	c.converge(t, env, p, after, diags)
}

// wantNothingStarted fails if a request arrived after the one during which the operation was canceled, but for the ones
// that were on their way beside it and the look-up of a lost answer.
func (c faultCase) wantNothingStarted(t *testing.T, journal fake.Journal, arrived int) {
	t.Helper()
	last, later := journal[arrived-1], journal[arrived:]
	halves := []string{"GET /dataSource/100", "GET /snowflake/handler/50000"}
	if slices.Contains(halves, last.String()) && len(later) > 0 && slices.Contains(halves, later[0].String()) && later[0].Path != last.Path {
		later = later[1:] // A source and its handler are read side by side.
	}
	lookUps := append(halves, "GET /dataSource/name/Orders", "GET /bim/rpc/user/current", "GET /dataSource")
	for _, request := range later {
		if last.Method == "GET" || last.Method == "PUT" && last.Path != "/dataSource/100" || !slices.Contains(lookUps, request.String()) {
			t.Fatalf("started after %s: %q of %q", last, later.Lines(), journal.Lines())
		}
	}
}
