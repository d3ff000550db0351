package tag_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccTags takes the tags of a source through their life.
func TestAccTags(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.others(fake.Tag{Name: "Discovered.PII", Source: "discovered"}, fake.Tag{Name: "Team.Sales", Source: "curated"})
	step := func(action plancheck.ResourceActionType, calls []string, names ...string) resource.TestStep {
		return w.Step(w.config(names...), action, calls,
			w.Has("tags", knownvalue.SetSizeExact(len(names))), w.Has("id", knownvalue.Int64Exact(int64(w.Source))))
	}
	w.Run(
		step(plancheck.ResourceActionCreate, []string{add}, "PII", "Finance"),
		step(plancheck.ResourceActionUpdate, []string{add, fmt.Sprintf(remove, "Finance"), read}, "PII", "Sales"),
		acctest.Drifted(func() {
			w.wantTags("Discovered.PII@discovered", "PII@curated", "Sales@curated", "Team.Sales@curated")
			w.Tenant.UpdateSource(w.Source, func(s *fake.Source) { s.Tags = s.Tags[:2] })
		}, step(plancheck.ResourceActionUpdate, []string{add}, "PII", "Sales")),
		// An import takes over all curated tags, whoever put them there.
		resource.TestStep{ResourceName: w.Address(), ImportState: true, ImportStateId: fmt.Sprint(w.Source), ImportStateCheck: func(states []*terraform.InstanceState) error {
			if n := states[0].Attributes["tags.#"]; n != "3" {
				return fmt.Errorf("%s tags were imported, want 3", n)
			}
			return nil
		}},
	)
	w.wantTags("Discovered.PII@discovered", "Team.Sales@curated")
}
