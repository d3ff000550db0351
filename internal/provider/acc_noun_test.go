package provider_test

import (
	"fmt"
	"os"
	"testing"

	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// TestAccNounThroughItsLife takes a resource of every kind through its life with a real Terraform. After every apply the test
// framework itself plans again, with and without a refresh, and wants an empty plan. Sources have a test of their own.
func TestAccNounThroughItsLife(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		if n.isSource() {
			return
		}
		s := n.newStage(t)
		s.config = n.arrange(s)
		address := n.resource + ".test"
		step := func(action plancheck.ResourceActionType, before func()) acceptance.TestStep {
			config := s.config.HCL(n.resource, "test")
			if n.asGrace {
				config = fmt.Sprintf("provider \"immuta\" {\n  host    = %q\n  api_key = %q\n}\n", s.URL, s.graceKey) + config
			}
			return acceptance.TestStep{PreConfig: before, Config: config, ConfigPlanChecks: acceptance.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
			}}
		}
		steps := []acceptance.TestStep{step(plancheck.ResourceActionCreate, nil)}
		if n.edit != nil {
			s.config = s.config.Merge(n.edit)
			steps = append(steps, step(plancheck.ResourceActionUpdate, nil))
		}
		if n.resource != "immuta_data_source_tags" { // They are gone with their source only.
			steps = append(steps, step(plancheck.ResourceActionCreate, func() { s.remove(s) }))
		}
		s.Run(append(steps, acceptance.TestStep{
			ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: n.unread,
			ImportStateIdFunc: func(state *terraform.State) (string, error) {
				attributes := state.RootModule().Resources[address].Primary.Attributes
				return os.Expand(n.importAs, func(name string) string { return attributes[name] }), nil
			},
		})...)
		if s.alive() {
			t.Error("the destroy has left it")
		}
	})
}
