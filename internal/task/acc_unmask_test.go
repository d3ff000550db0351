package task_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

func TestAccLifecycle(t *testing.T) {
	w := newWorld(t)
	step := func(config acctest.Config, action plancheck.ResourceActionType, state string) resource.TestStep {
		return w.Step(config, action, nil, w.Has("state", knownvalue.StringExact(state)))
	}
	other := w.config().With("reason", "Fraud case 13.")
	w.Run(
		step(w.config(), plancheck.ResourceActionCreate, "pending"),
		step(other, plancheck.ResourceActionReplace, "pending"),
		acctest.Drifted(func() { w.Tenant.CompleteTask(w.Tenant.Tasks(w.Source)[0].ID) }, step(other, plancheck.ResourceActionNoop, "completed")),
		resource.TestStep{
			ResourceName: w.Address(), ImportState: true, ImportStateVerify: true, ImportStateIdFunc: acctest.ChildID(w.Address(), "id"),
			ImportStateVerifyIgnore: []string{"reason", "profile_ids"},
		},
	)
	if left := w.Tenant.Tasks(w.Source); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}
