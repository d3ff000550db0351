package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
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
		if !n.tied {
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

// TestAccNounGeneratesConfiguration lets Terraform write the configuration of an import, and takes it as it stands: there is nothing to
// add and nothing to change, and afterwards Terraform shows an id.
func TestAccNounGeneratesConfiguration(t *testing.T) {
	eachNoun(t, func(t *testing.T, n noun) {
		if n.isSource() {
			return
		}
		s := n.newStage(t)
		cli := s.CLI()
		s.config = n.arrange(s)
		made := s.create()
		id := os.Expand(n.importAs, func(name string) string { return fmt.Sprint(acctest.Get(made.State, name)) })
		cli.Config(fmt.Sprintf("import {\n  to = %s.test\n  id = %q\n}\n", n.resource, id))
		if n.asGrace {
			override := fmt.Sprintf("provider \"immuta\" {\n  api_key = %q\n}\n", s.graceKey)
			if err := os.WriteFile(filepath.Join(cli.Dir, "main_override.tf"), []byte(override), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []struct {
			run  []string
			says string
		}{
			{[]string{"plan", "-generate-config-out=generated.tf"}, "1 to import, 0 to add, 0 to change, 0 to destroy"},
			{[]string{"apply", "-auto-approve"}, "1 imported, 0 added, 0 changed, 0 destroyed"},
			{[]string{"plan"}, "[id="},
		} {
			if said := cli.Run(step.run...); !strings.Contains(said, step.says) {
				t.Errorf("%q says\n%s", step.run, said)
			}
		}
	})
}
