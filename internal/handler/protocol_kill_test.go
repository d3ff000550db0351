package handler_test

import (
	"fmt"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

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
