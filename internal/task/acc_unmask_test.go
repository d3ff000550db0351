package task_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

const address = resourceType + ".fraud"

func TestAccLifecycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	step := func(config acctest.Config, action plancheck.ResourceActionType, state string) resource.TestStep {
		return resource.TestStep{
			Config:            config.HCL(resourceType, "fraud"),
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}},
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("state"), knownvalue.StringExact(state))},
		}
	}
	other := w.config().With("reason", "Fraud case 13.")
	completed := step(other, plancheck.ResourceActionNoop, "completed")
	completed.PreConfig = func() { w.Tenant.CompleteTask(w.Tenant.Tasks(w.source)[0].ID) }
	w.Run(
		step(w.config(), plancheck.ResourceActionCreate, "pending"),
		step(other, plancheck.ResourceActionReplace, "pending"),
		completed,
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateIdFunc: acctest.ChildID(address, "id"),
			ImportStateVerifyIgnore: []string{"reason", "profile_ids"},
		},
	)
	if left := w.Tenant.Tasks(w.source); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}
