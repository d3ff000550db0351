package comment_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

func TestAccLifecycle(t *testing.T) {
	w := newWorld(t)
	reply := acctest.Config{"data_source_id": w.Source, "body": "Seen.", "parent_id": acctest.Expression(w.Address() + ".id")}.HCL(resourceType, "reply")
	step := func(config acctest.Config, action plancheck.ResourceActionType) resource.TestStep {
		s := w.Step(config, action, nil)
		s.Config += reply
		return s
	}
	rewritten := w.config().With("body", "Nulls since Sunday.")
	w.Run(
		step(w.config(), plancheck.ResourceActionCreate),
		step(w.config().With("resolved", true), plancheck.ResourceActionUpdate),
		step(rewritten, plancheck.ResourceActionReplace),
		acctest.Drifted(func() {
			all := w.Tenant.Comments(w.Source)
			if len(all) != 2 || all[1].ParentID != all[0].ID || all[0].Body != "Nulls since Sunday." {
				t.Errorf("the tenant has %+v", all)
			}
			w.Tenant.RemoveComment(w.Source, all[0].ID)
		}, step(rewritten, plancheck.ResourceActionCreate)),
		resource.TestStep{ResourceName: w.Address(), ImportState: true, ImportStateVerify: true, ImportStateIdFunc: acctest.ChildID(w.Address(), "id")},
	)
	if left := w.Tenant.Comments(w.Source); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}
