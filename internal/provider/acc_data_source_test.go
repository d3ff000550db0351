package provider_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// Every data source at once, through a real Terraform.
func TestAccDataSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	readings := w.readings()
	var config strings.Builder
	var checks []statecheck.StateCheck
	for _, name := range slices.Sorted(maps.Keys(readings)) {
		config.WriteString(strings.Replace(acctest.Config(readings[name].config).HCL(name, "this"), "resource ", "data ", 1))
		checks = append(checks, wanted("data."+name+".this", readings[name].want)...)
	}
	w.Run(
		acceptance.TestStep{Config: config.String(), ConfigStateChecks: checks},
		acceptance.TestStep{Config: config.String(), PlanOnly: true},
	)
}

// wanted checks the attributes whose values can be told by a plain path.
func wanted(address string, want attrs) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for at, value := range want {
		var check knownvalue.Check
		switch v := value.(type) {
		case string:
			check = knownvalue.StringExact(v)
		case bool:
			check = knownvalue.Bool(v)
		case int:
			check = knownvalue.Int64Exact(int64(v))
		default:
			continue // null, or a list: the same attributes are checked through the plugin protocol
		}
		var path tfjsonpath.Path
		for i, step := range strings.Split(at, ".") {
			var index int
			switch {
			case i == 0:
				path = tfjsonpath.New(step)
			case isIndex(step, &index):
				path = path.AtSliceIndex(index)
			default:
				path = path.AtMapKey(step)
			}
		}
		checks = append(checks, statecheck.ExpectKnownValue(address, path, check))
	}
	return checks
}

func isIndex(step string, index *int) bool {
	_, err := fmt.Sscanf(step, "%d", index)
	return err == nil
}

// Terraform shows what went wrong, and where.
func TestAccDataSourceErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Run(
		acceptance.TestStep{
			Config:      `data "immuta_data_source_contacts" "this" { data_source_id = 4711 }`,
			ExpectError: regexp.MustCompile(`(?s)Reading the contacts of data source 4711 failed.*data_source_id = 4711.*Data source not found`),
		},
		acceptance.TestStep{
			Config:      `data "immuta_data_sources" "this" { subscription = ["friend"] }`,
			ExpectError: regexp.MustCompile(`(?s)value must be one of.*friend`),
		},
	)
}
