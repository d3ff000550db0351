package dictionary_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// TestAccDictionaryOfANewSource makes both in one apply: the source's id is not known when the dictionary is planned.
func TestAccDictionaryOfANewSource(t *testing.T) {
	w := newWorld(t)
	source := snowflake.HCL("immuta_snowflake_data_source", "test")
	config := acctest.Config{
		"data_source_id": acctest.Expression("immuta_snowflake_data_source.test.id"),
		"columns": []any{
			column("id", map[string]any{"data_type": "integer", "tags": []any{map[string]any{"name": "Sensitivity.High"}}}),
			column("note", map[string]any{"description": "what people wrote"}),
		},
	}
	reversed := config.With("columns", acctest.Expression("reverse("+acctest.HCL(config["columns"])+")"))
	w.Run(
		resource.TestStep{Config: source + config.HCL(resourceType, "test")},
		resource.TestStep{
			// Another order of the columns is the same dictionary.
			Config:           source + reversed.HCL(resourceType, "test"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
	)
}
