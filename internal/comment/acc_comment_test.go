package comment_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

const address = resourceType + ".note"

func TestAccLifecycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := acctest.Config{"data_source_id": w.source, "body": "Seen.", "parent_id": acctest.Expression(address + ".id")}.HCL(resourceType, "reply")
	step := func(config acctest.Config, action plancheck.ResourceActionType) resource.TestStep {
		return resource.TestStep{
			Config:           config.HCL(resourceType, "note") + reply,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}},
		}
	}
	rewritten := w.config().With("body", "Nulls since Sunday.")
	gone := step(rewritten, plancheck.ResourceActionCreate)
	gone.PreConfig = func() {
		all := w.Tenant.Comments(w.source)
		if len(all) != 2 || all[1].ParentID != all[0].ID || all[0].Body != "Nulls since Sunday." {
			t.Errorf("the tenant has %+v", all)
		}
		w.Tenant.RemoveComment(w.source, all[0].ID)
	}
	w.Run(
		step(w.config(), plancheck.ResourceActionCreate),
		step(w.config().With("resolved", true), plancheck.ResourceActionUpdate),
		step(rewritten, plancheck.ResourceActionReplace),
		gone,
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateIdFunc: acctest.ChildID(address, "id")},
	)
	if left := w.Tenant.Comments(w.source); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}
