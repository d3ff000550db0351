package handler_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A faultCase is one operation that meets a fault at one of its requests.
type faultCase struct {
	name string
	// before is applied without faults; nil for a create.
	before acctest.Config
	// behind happens in the tenant between the two.
	behind func(*fake.Tenant)
	// config is applied under the fault; nil destroys.
	config acctest.Config
	// delicate says that the first request may not simply be repeated.
	delicate bool
	// simple says that another case makes the same requests and more.
	simple bool
	// deletes says that the operation is meant to delete for good.
	deletes bool
}

func faultCases() []faultCase {
	documented := attrs{"documentation": "All orders.", "description": "Orders"}
	settings := attrs{"description": "Sales", "organization": "Retail", "private": true}
	metadata := attrs{"event_time_column": "ORDERED_AT", "server.warehouse": "BIG_WH"}
	secret := attrs{"server.password_wo": "rotated-Pa55word", "server.password_wo_version": 2}
	disabled := attrs{"enabled": false}
	return []faultCase{
		{name: "create", config: protoConfig(), delicate: true},
		{name: "create with documentation", config: protoConfig(documented), simple: true},
		{name: "create disabled", config: protoConfig(disabled), simple: true},
		{name: "create disabled with documentation", config: protoConfig(documented, disabled)},
		{name: "create over a disabled source", behind: leaveDisabled, config: protoConfig(documented)},
		{name: "create disabled over a disabled source", behind: leaveDisabled, config: protoConfig(documented, disabled), simple: true},
		{name: "update settings", before: protoConfig(), config: protoConfig(settings), simple: true},
		{name: "update the handler", before: protoConfig(), config: protoConfig(metadata), simple: true},
		{name: "update both", before: protoConfig(), config: protoConfig(settings, metadata)},
		{name: "rename", before: protoConfig(), config: protoConfig(attrs{"name": "Sales Orders"}), simple: true},
		{name: "rotate the password", before: protoConfig(), config: protoConfig(secret), simple: true},
		{name: "disable", before: protoConfig(), config: protoConfig(disabled)},
		{name: "restore", before: protoConfig(disabled), config: protoConfig(), simple: true},
		{name: "restore and change", before: protoConfig(disabled), config: protoConfig(settings, metadata)},
		{name: "destroy by disabling", before: protoConfig()},
		{name: "destroy by deletion", before: protoConfig(attrs{"on_destroy": "delete"}), deletes: true},
		{
			name: "destroy a disabled source by deletion", before: protoConfig(attrs{"on_destroy": "delete", "enabled": false}),
			deletes: true, delicate: true,
		},
	}
}

// leaveDisabled leaves a disabled source of the same name and connection. That its password is another one does not show in
// anything that the tenant answers.
func leaveDisabled(tenant *fake.Tenant) {
	left := sameTable()
	left.Deleted = true
	tenant.AddSource(left)
}

// everyFault makes every request meet every kind of fault, which takes minutes. Otherwise only a request that may not simply
// be repeated does, and the others meet one kind in turn, since the client makes the same of most.
var everyFault = os.Getenv("EVERY_FAULT") != ""

// requests counts the requests that the operation makes without a fault.
func (c faultCase) requests(t *testing.T) int {
	t.Helper()
	env := acctest.NewSerial(t)
	p := env.Protocol(nil)
	applied(t, p, c.arrange(t, env, p), c.config)
	return len(env.Tenant.Journal())
}

// TestProtocolOneFault sends every operation into a fault at each of its requests: refreshing and applying once more must leave
// what the configuration says, and nothing else.
func TestProtocolOneFault(t *testing.T) {
	t.Parallel()
	turn := 0
	for i, c := range faultCases() {
		requests := c.requests(t)
		for j, retries := range []int{4, 0} {
			if c.simple && !everyFault && (i+j)%2 == 0 {
				continue
			}
			first := turn
			turn += requests
			t.Run(fmt.Sprintf("%s, %d retries", c.name, retries), func(t *testing.T) {
				t.Parallel()
				for request := range requests {
					faults := acctest.LossyFaults()
					if !everyFault && (!c.delicate || request > 0) {
						faults = faults[(first+request)%len(faults):][:1]
					}
					for _, fault := range faults {
						fault.Skip = request
						t.Run(fmt.Sprintf("request %d, %s", request+1, fault.Name), func(t *testing.T) { c.run(t, retries, fault) })
					}
				}
			})
		}
	}
}

func (c faultCase) run(t *testing.T, retries int, fault fake.Fault) {
	t.Helper()
	env := acctest.NewSerial(t)
	p := env.Protocol(attrs{"max_retries": retries})
	r := c.arrange(t, env, p)
	env.Tenant.Fault(fault)
	after, diags := p.Apply(r, c.config)
	if len(env.Tenant.PendingFaults()) > 0 {
		t.Fatalf("the fault was not met: %q", env.Tenant.Journal().Lines())
	}
	c.converge(t, env, p, after, diags)
}

// converge refreshes and applies once more, as a user would after what an operation reported.
func (c faultCase) converge(t *testing.T, env *acctest.Env, p *acctest.Protocol, after acctest.Resource, diags acctest.Diagnostics) {
	t.Helper()
	failed := len(diags.Errors()) > 0
	switch {
	case c.before == nil && failed && after.Exists():
		t.Fatalf("an error beside a state taints the source: %q", diags.Errors())
	case c.before != nil && c.config != nil && !after.Exists():
		t.Fatal("the source left the state")
	case c.config == nil && failed != after.Exists():
		t.Fatalf("in the state: %t, in spite of %q", after.Exists(), diags.Errors())
	}
	if after.Exists() {
		after = p.Refreshed(after)
	}
	if c.config == nil {
		c.wantDestroyed(t, env, p, after)
		return
	}
	// Terraform applies what its plan shows, if that is anything.
	if plan, _ := p.Plan(after, c.config); !after.Exists() || !plan.Planned.Equal(after.State) {
		after = applied(t, p, after, c.config)
		after = p.WantEmptyPlan(t, after, c.config)
	}
	wantConfigured(t, env.Tenant, after, c.config)
	wantNothingDeleted(t, env.Tenant)
}

// arrange brings the tenant to where the operation starts.
func (c faultCase) arrange(t *testing.T, env *acctest.Env, p *acctest.Protocol) acctest.Resource {
	t.Helper()
	r := absent()
	if c.before != nil {
		r = create(t, p, c.before)
	}
	if c.behind != nil {
		c.behind(env.Tenant)
	}
	env.Tenant.ResetJournal()
	return r
}

func (c faultCase) wantDestroyed(t *testing.T, env *acctest.Env, p *acctest.Protocol, after acctest.Resource) {
	t.Helper()
	if after.Exists() {
		p.Applied(after, nil)
	}
	sources := env.Tenant.Sources()
	if c.deletes {
		if len(sources) != 0 {
			t.Fatalf("left in the tenant: %+v", sources)
		}
		return
	}
	wantNothingDeleted(t, env.Tenant)
	if len(sources) != 1 || !sources[0].Deleted {
		t.Fatalf("want one disabled source in the tenant: %+v", sources)
	}
}

// TestProtocolKilledDuringAnUpdate lets an update end after each of its requests without a chance to say so: the state is what
// it was. Either the tenant holds everything by then, or the next plan shows that something is missing, and applying it brings
// the rest, whatever stands in two places.
func TestProtocolKilledDuringAnUpdate(t *testing.T) {
	t.Parallel()
	table := attrs{"sql_table_name": "orders_v2"}
	both := attrs{"description": "Sales", "event_time_column": "ORDERED_AT"}
	secret := attrs{"server.password_wo": "rotated-Pa55word", "server.password_wo_version": 2}
	for _, c := range []struct {
		name     string
		before   attrs
		config   acctest.Config
		requests int
	}{
		{name: "rename", config: protoConfig(attrs{"name": "Sales Orders"}), requests: 1},
		{name: "table name", config: protoConfig(table), requests: 3},
		{name: "everything", config: protoConfig(attrs{"name": "Sales Orders"}, table, both, secret), requests: 3},
		{name: "settings and handler", config: protoConfig(both), requests: 3},
		{name: "disable", config: protoConfig(both, attrs{"enabled": false}), requests: 4},
		{name: "restore", before: attrs{"enabled": false}, config: protoConfig(both, table), requests: 4},
	} {
		for tenant, options := range map[string][]fake.Option{"names that follow": nil, "names apart": {fake.WithSeparateTableNames()}} {
			for request := range c.requests + 1 {
				t.Run(fmt.Sprintf("%s, %s, after request %d", c.name, tenant, request), func(t *testing.T) {
					env, p := acctest.Start(t, attrs{"max_retries": 0}, options...)
					r := create(t, p, protoConfig(c.before))
					env.Tenant.Fault(fake.Fault{Skip: request, Reset: true, Times: fake.Always})
					_, diags := p.Apply(r, c.config)
					if request < c.requests && len(diags.Errors()) == 0 {
						t.Fatal("the update came to its end all the same")
					}
					env.Tenant.ClearFaults()

					next := env.Protocol(nil)
					r = next.Refreshed(r)
					plan := next.Planned(r, c.config)
					if !plan.Planned.Equal(r.State) {
						r = next.Settled(r, c.config)
					}
					wantConfigured(t, env.Tenant, r, c.config)
				})
			}
		}
	}
}

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
