package tag_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccPlanText is about what people read when they plan and apply.
func TestAccPlanText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cli := w.CLI()
	cli.Config(w.config("PII").HCL(resourceType, "test"))
	said := cli.Run("apply", "-auto-approve")
	acctest.WantPlanned(t, said,
		fmt.Sprintf(`+ resource "%s" "test" {`, resourceType),
		fmt.Sprintf(`+ data_source_id = %d`, w.Source),
		fmt.Sprintf(`+ id = "%d"`, w.Source),
		`+ on_destroy = "remove"`,
		`+ tags = [`,
		`+ {`,
		`+ name = "PII"`,
		`+ source = "curated"`,
		`},`,
		`]`,
		`}`,
	)
	if !strings.Contains(said, fmt.Sprintf("Creation complete after 0s [id=%d]", w.Source)) {
		t.Errorf("the id is not shown:\n%s", said)
	}

	// One more among them, and another one from elsewhere, leave the others alone.
	for _, config := range []acctest.Config{w.config("Finance", "PII"), w.config("Finance", "PII", "Team.Sales@catalog")} {
		cli.Config(config.HCL(resourceType, "test"))
		said := cli.Run("apply", "-auto-approve")
		if strings.Count(said, "+ name") != 1 || strings.Contains(said, "- name") || strings.Contains(said, "known after apply") {
			t.Errorf("not one tag more:\n%s", said)
		}
		if said := cli.Run("plan"); !strings.Contains(said, "No changes.") {
			t.Errorf("the plan is not empty:\n%s", said)
		}
	}
	w.wantTags("Finance@curated", "PII@curated", "Team.Sales@catalog")
}

// TestAccGeneratedConfiguration lets Terraform write the configuration of an import, and plans that.
func TestAccGeneratedConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.others(fake.Tag{Name: "PII", Source: "curated"}, fake.Tag{Name: "Finance", Source: "curated"},
		fake.Tag{Name: "Discovered.PII", Source: "discovered"})
	bare := w.Tenant.AddSource(fake.SourceSpec{Name: "Without tags"})
	cli := w.CLI()
	cli.Config(fmt.Sprintf("import {\n  to = %[1]s.test\n  id = \"%[2]d\"\n}\nimport {\n  to = %[1]s.bare\n  id = \"%[3]d\"\n}\n",
		resourceType, w.Source, bare))
	const nothingElse = "2 to import, 0 to add, 0 to change, 0 to destroy"
	if said := cli.Run("plan", "-generate-config-out=generated.tf"); !strings.Contains(said, nothingElse) {
		t.Errorf("Terraform said:\n%s", said)
	}
	text, err := os.ReadFile(filepath.Join(cli.Dir, "generated.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if said := cli.Run("apply", "-auto-approve"); !strings.Contains(said, "2 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("Terraform said of\n%s\n%s", text, said)
	}
	if said := cli.Run("plan"); !strings.Contains(said, "No changes.") {
		t.Errorf("Terraform said of\n%s\n%s", text, said)
	}
	if writes := w.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("unexpected writes %q", writes.Lines())
	}
}
