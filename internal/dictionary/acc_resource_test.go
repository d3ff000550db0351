package dictionary_test

import (
	"fmt"
	"strings"
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

const (
	address = resourceType + ".test"
	// Immuta's own columns of a new source, as the tenant finds them out.
	columnsHCL = `[
    { name = "id", data_type = "integer", remote_type = "integer", tags = [{ name = "Sensitivity.High" }] },
    { name = "note", data_type = "text", remote_type = "varchar", description = "what people wrote" },
  ]`
)

func accConfig(columns string) string {
	return fmt.Sprintf(`
resource "immuta_snowflake_data_source" "test" {
  name          = "Orders"
  remote_schema = "SALES"
  remote_table  = "ORDERS"
  server        = { hostname = "acme.example.com", database = "PROD", warehouse = "WH", username = "U", password_wo = "secret" }
}

resource "immuta_data_dictionary" "test" {
  data_source_id = immuta_snowflake_data_source.test.id
  columns        = %s
}
`, columns)
}

func TestAccDictionaryThroughItsLife(t *testing.T) {
	env := acctest.New(t)
	changed := strings.Replace(columnsHCL, `"text"`, `"json"`, 1)
	dictionary := func() fake.Dictionary {
		d, _ := env.Tenant.Dictionary(env.Tenant.Sources()[0].ID)
		return d
	}
	env.Run(
		resource.TestStep{
			// The data source's id is not known when this is planned.
			Config: accConfig(columnsHCL),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("columns").AtSliceIndex(1).AtMapKey("description"), knownvalue.StringExact("what people wrote")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("types"), knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("integer"), knownvalue.StringExact("text")})),
			},
		},
		resource.TestStep{
			Config: accConfig(changed),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				plancheck.ExpectResourceAction("immuta_snowflake_data_source.test", plancheck.ResourceActionNoop),
			}},
		},
		resource.TestStep{
			// Another order of the columns is the same dictionary.
			Config: accConfig(`reverse(` + changed + `)`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop),
			}},
		},
		resource.TestStep{
			// Somebody adds a column in Immuta; it does not belong there.
			PreConfig: func() {
				env.Tenant.UpdateDictionary(dictionary().SourceID, func(d *fake.Dictionary) {
					d.Columns = append(d.Columns, fake.Column{Name: "extra", DataType: "text", RemoteType: "varchar"})
				})
			},
			Config: accConfig(changed),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
			}},
			Check: func(*terraform.State) error {
				if got := len(dictionary().Columns); got != 2 {
					return fmt.Errorf("%d columns in the tenant, want 2", got)
				}
				return nil
			},
		},
		resource.TestStep{
			ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			ImportStateIdFunc: func(*terraform.State) (string, error) { return fmt.Sprint(dictionary().SourceID), nil },
		},
	)
}
