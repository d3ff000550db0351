package handler_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccLifecycle takes one source of each technology through its life.
func TestAccLifecycle(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		env := tech.env(t)
		only := func() fake.Source {
			sources := env.Tenant.Sources()
			if len(sources) != 1 {
				t.Fatalf("%d sources in the tenant, want one", len(sources))
			}
			return sources[0]
		}
		b := &acctest.Bench{Env: env, Type: tech.resourceType}
		renamed := tech.config.With("name", "Orders of Sales").With("description", "What was ordered.")
		update, recreate := tech.calls(putSet, read), tech.calls(post, read)
		if !tech.hasSQL() {
			recreate = tech.calls(post, putSet, read)
		}
		var first int
		env.Run(
			b.Step(tech.config, plancheck.ResourceActionCreate, tech.calls(post, read), b.Has("name", knownvalue.StringExact(sourceName)),
				b.Has("id", knownvalue.NotNull()), b.Has("handler_id", knownvalue.NotNull())),
			b.Step(renamed, plancheck.ResourceActionUpdate, update, b.Has("description", knownvalue.StringExact("What was ordered."))),

			// Drift.
			acctest.Drifted(func() {
				first = only().ID
				env.Tenant.UpdateSource(first, func(s *fake.Source) { s.Description = "somebody else's words" })
			}, b.Step(renamed, plancheck.ResourceActionUpdate, update)),
			acctest.Drifted(func() { env.Tenant.Disable(first) },
				b.Step(renamed, plancheck.ResourceActionUpdate, update, b.Has("enabled", knownvalue.Null()))),
			acctest.Drifted(func() {
				if s := only(); s.Deleted || s.Description != "What was ordered." {
					t.Errorf("drift was not repaired: %+v", s)
				}
				env.Tenant.Destroy(first)
			}, b.Step(renamed, plancheck.ResourceActionCreate, recreate)),

			resource.TestStep{ResourceName: b.Address(), ImportState: true, ImportStateVerify: true},
		)
		if s := only(); !s.Deleted {
			t.Error("a destroy did not disable the source")
		}
	})
}

// Sixty tables of three technologies: what matters is what each of them costs.
func TestAccSixtyTablesCostThreeRequestsEachAndTwoPerRefresh(t *testing.T) {
	env := acctest.New(t)
	const tables = 20
	config := env.Provider()
	all := technologies()
	for _, tech := range []technology{all[0], all[1], all[2]} {
		block := tech.hcl(tech.config.With("name", acctest.Expression(fmt.Sprintf(`"%s ${count.index}"`, tech.prefix))).
			With("remote_table", acctest.Expression(`"TABLE_${count.index}"`)))
		config += strings.Replace(block, "{\n", fmt.Sprintf("{\n  count = %d\n", tables), 1)
	}
	env.Run(resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{env.ResetJournal()},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), env.ExpectRequests(2 * 3 * tables)},
		},
		ConfigStateChecks: []statecheck.StateCheck{env.ExpectRequests(3 * 3 * tables)},
	})
}
