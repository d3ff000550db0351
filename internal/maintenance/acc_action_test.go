package maintenance_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccAction has a real Terraform invoke an action: when a resource changes, and on demand.
func TestAccAction(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	cli := env.CLI()
	cli.SkipBelow(14)
	one, two := env.Tenant.AddSource(fake.SourceSpec{}), env.Tenant.AddSource(fake.SourceSpec{})
	cli.Config(fmt.Sprintf(`
resource "terraform_data" "migration" {
  input = 1
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.immuta_bulk_update_data_sources.tag]
    }
  }
}

action "immuta_bulk_update_data_sources" "tag" {
  config {
    operation       = "tags"
    data_source_ids = [%d, %d]
    tags            = [{ name = "Team.A" }]
  }
}
`, one, two))
	wantOutput(t, cli.Run("apply", "-auto-approve"), `2 of 2 jobs are done\.`, `Actions: 1 invoked`)
	for _, id := range []int{one, two} {
		if source, _ := env.Tenant.Source(id); len(source.Tags) != 1 {
			t.Errorf("data source %d has the tags %v", id, source.Tags)
		}
	}

	env.Tenant.FailJob(two, "The catalog is closed.")
	wantOutput(t, cli.Fail("apply", "-auto-approve", "-invoke=action.immuta_bulk_update_data_sources.tag"),
		`Error when invoking action`, `1\s+of\s+2\s+jobs\s+failed`, `The\s+catalog\s+is\s+closed\.`)
}

// wantOutput fails the test unless an output fits all the patterns.
func wantOutput(t *testing.T, output string, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		if !regexp.MustCompile(pattern).MatchString(output) {
			t.Errorf("no %q in\n%s", pattern, output)
		}
	}
}
