package handler_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// expect is a step that plans one action, sends these requests besides the refresh, and leaves nothing to do: after every
// apply the test framework itself plans again, with and without a refresh.
func (tech technology) expect(env *acctest.Env, config acctest.Config, action plancheck.ResourceActionType, calls []string, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: tech.hcl(config),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(tech.address(), action), env.ResetJournal(),
		}},
		ConfigStateChecks: append([]statecheck.StateCheck{env.ExpectCalls(calls)}, checks...),
	}
}

// has checks an attribute of the source.
func (tech technology) has(at string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(tech.address(), tfjsonpath.New(at), value)
}

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
		renamed := tech.config.With("name", "Orders of Sales").With("description", "What was ordered.")
		rename, recreate := tech.calls(putSet, read), tech.calls(post, read)
		if !tech.hasSQL() {
			rename, recreate = tech.calls(putSet, read), tech.calls(post, putSet, read)
		}
		var first int
		env.Run(
			tech.expect(env, tech.config, plancheck.ResourceActionCreate, tech.calls(post, read),
				tech.has("name", knownvalue.StringExact(sourceName)),
				tech.has("id", knownvalue.NotNull()), tech.has("handler_id", knownvalue.NotNull())),

			// A rename is told to both halves of the source, where there are two.
			tech.expect(env, renamed, plancheck.ResourceActionUpdate, rename,
				tech.has("description", knownvalue.StringExact("What was ordered."))),

			// Drift.
			drifted(tech.expect(env, renamed, plancheck.ResourceActionUpdate, tech.calls(putSet, read)), func() {
				first = only().ID
				env.Tenant.UpdateSource(first, func(s *fake.Source) { s.Description = "somebody else's words" })
			}),
			drifted(tech.expect(env, renamed, plancheck.ResourceActionUpdate, tech.calls(putSet, read), tech.has("enabled", knownvalue.Null())), func() {
				env.Tenant.Disable(first)
			}),
			drifted(tech.expect(env, renamed, plancheck.ResourceActionCreate, recreate), func() {
				if s := only(); s.Deleted || s.Description != "What was ordered." {
					t.Errorf("drift was not repaired: %+v", s)
				}
				env.Tenant.Destroy(first)
			}),

			resource.TestStep{ResourceName: tech.address(), ImportState: true, ImportStateVerify: true},
		)
		if s := only(); !s.Deleted {
			t.Error("a destroy did not disable the source")
		}
	})
}

// drifted prepares a step by a change behind Terraform's back.
func drifted(step resource.TestStep, change func()) resource.TestStep {
	step.PreConfig = change
	return step
}
