package handler_test

import (
	"fmt"
	"strings"
	"testing"

	tftest "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

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
	env.Run(tftest.TestStep{
		Config: config,
		ConfigPlanChecks: tftest.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{env.ResetJournal()},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), env.ExpectRequests(2 * 3 * tables)},
		},
		ConfigStateChecks: []statecheck.StateCheck{env.ExpectRequests(3 * 3 * tables)},
	})
}
