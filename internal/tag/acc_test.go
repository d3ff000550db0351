package tag_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccTags takes the tags of a source through their life. After every apply the test framework plans again and wants an
// empty plan, with and without a refresh.
func TestAccTags(t *testing.T) {
	env := acctest.New(t)
	w := world{Env: env, t: t, source: env.Tenant.AddSource(fake.SourceSpec{})}
	w.others(fake.Tag{Name: "Discovered.PII", Source: "discovered"}, fake.Tag{Name: "Team.Sales", Source: "curated"})
	const address = resourceType + ".orders"
	step := func(action plancheck.ResourceActionType, calls []string, names ...string) resource.TestStep {
		return resource.TestStep{
			Config:           w.config(names...).HCL(resourceType, "orders"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action), env.ResetJournal()}},
			ConfigStateChecks: []statecheck.StateCheck{
				env.ExpectCalls(calls),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("tags"), knownvalue.SetSizeExact(len(names))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.Int64Exact(int64(w.source))),
			},
		}
	}
	repaired := step(plancheck.ResourceActionUpdate, []string{add}, "PII", "Sales")
	repaired.PreConfig = func() {
		w.wantTags("Discovered.PII@discovered", "PII@curated", "Sales@curated", "Team.Sales@curated")
		env.Tenant.UpdateSource(w.source, func(s *fake.Source) { s.Tags = s.Tags[:2] })
	}
	env.Run(
		step(plancheck.ResourceActionCreate, []string{add}, "PII", "Finance"),
		step(plancheck.ResourceActionUpdate, []string{add, fmt.Sprintf(remove, "Finance"), read}, "PII", "Sales"),
		repaired,
		// An import takes over all curated tags, whoever put them there.
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: fmt.Sprint(w.source), ImportStateCheck: func(states []*terraform.InstanceState) error {
			if n := states[0].Attributes["tags.#"]; n != "3" {
				return fmt.Errorf("%s tags were imported, want 3", n)
			}
			return nil
		}},
	)
	w.wantTags("Discovered.PII@discovered", "Team.Sales@curated")
}
