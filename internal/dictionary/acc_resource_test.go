package dictionary_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccDictionaryOfANewSource makes both in one apply: the source's id is not known when the dictionary is planned.
func TestAccDictionaryOfANewSource(t *testing.T) {
	w := newWorld(t)
	config := acctest.Config{
		"data_source_id": acctest.Expression("immuta_snowflake_data_source.test.id"),
		"columns": attrs{
			"id":   untyped(attrs{"tags": []any{attrs{"name": "Sensitivity.High"}}}),
			"note": column(attrs{"description": "what people wrote"}),
		},
	}
	w.Run(resource.TestStep{Config: snowflake.HCL("immuta_snowflake_data_source", "test") + config.HCL(resourceType, "test")})
}

// TestAccPlanText is about what people read when they plan and apply.
func TestAccPlanText(t *testing.T) {
	w := newWorld(t)
	cli := w.CLI()
	config := w.config(attrs{"id": untyped(attrs{"tags": []any{attrs{"name": "PII"}}}), "name": untyped(nil)})
	block := func(c acctest.Config) { cli.Config(c.HCL(resourceType, "test")) }
	block(config)
	acctest.WantPlanned(t, cli.Run("plan"),
		`+ columns = {`,
		`+ "id" = {`,
		`+ data_type = (known after apply)`,
		`+ description = (known after apply)`,
		`+ nullable = (known after apply)`,
		`+ remote_column = (known after apply)`,
		`+ remote_type = (known after apply)`,
		`+ tags = [`,
		`+ {`,
		`+ name = "PII"`,
		`+ source = "curated"`,
		`},`,
		`]`,
		`},`,
		`+ "name" = {`,
	)
	d, _ := w.Tenant.Dictionary(w.Source)
	if said := cli.Run("apply", "-auto-approve"); !strings.Contains(said, fmt.Sprintf("Creation complete after 0s [id=%d]", d.ID)) {
		t.Errorf("the id is not shown:\n%s", said)
	}

	// A column between the others is one block of the diff.
	more := config.With("columns.initials", column(nil))
	block(more)
	acctest.WantPlanned(t, cli.Run("plan"),
		`~ columns = {`,
		`+ "initials" = {`,
		`+ data_type = "text"`,
		`+ description = (known after apply)`,
		`+ nullable = (known after apply)`,
		`+ remote_column = (known after apply)`,
		`+ remote_type = "varchar"`,
		`},`,
		`# (2 unchanged elements hidden)`,
		`}`,
	)
	cli.Run("apply", "-auto-approve")

	block(more.With("exclusive", true))
	said := cli.Run("plan")
	acctest.WantPlanned(t, said, `~ exclusive = false -> true`)
	if flat := flatten(said); !strings.Contains(flat, fmt.Sprintf("Warning: The dictionary of data source %d will lose columns", w.Source)) ||
		!strings.Contains(flat, "removes 1 from it, with their descriptions and tags: created_at.") {
		t.Errorf("no warning:\n%s", said)
	}

	block(config.With("columns.nam", attrs{"datatype": "text", "remote_type": "varchar"}))
	said = cli.Fail("plan")
	for _, text := range []string{
		"Error: No such column", `columns["nam"].data_type is required for a column that the dictionary does not have`, "Terraform drops keys",
	} {
		if !strings.Contains(flatten(said), text) {
			t.Errorf("no %q in\n%s", text, said)
		}
	}
}

// TestAccAColumnThatChangesInTheSameApply takes over the dictionary of a source of which an update before that changes the column.
func TestAccAColumnThatChangesInTheSameApply(t *testing.T) {
	w := newWorld(t)
	source := func(dataType string) string {
		columns := []any{attrs{"name": "id", "data_type": dataType, "remote_type": "varchar"}}
		return snowflake.With("columns", columns).HCL("immuta_snowflake_data_source", "test")
	}
	config := acctest.Config{
		"data_source_id": acctest.Expression("immuta_snowflake_data_source.test.id"), "columns": attrs{"id": untyped(nil)},
	}
	w.Run(
		resource.TestStep{Config: source("text")},
		resource.TestStep{
			Config: source("integer") + config.HCL(resourceType, "test"),
			Check:  resource.TestCheckResourceAttr(w.Address(), "columns.id.data_type", "integer"),
		},
	)
}

// flatten takes the frame and the line breaks out of what a CLI says.
func flatten(said string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(said, "│", "")), " ")
}

// TestAccGeneratedConfiguration lets Terraform write the configuration of an import, and plans that.
func TestAccGeneratedConfiguration(t *testing.T) {
	w := newWorld(t)
	cli := w.CLI()
	names := []string{"order id", "1st", "a.b", `"quoted"`, "für"}
	if strings.Contains(cli.Run("version"), "OpenTofu") {
		names = names[4:] // Up to 1.12, it writes the keys of a map without quotes.
	}
	for _, name := range names {
		w.add(name)
	}
	w.addTags("name", fake.ColumnTag{Name: "PII", Source: "curated"}, fake.ColumnTag{Name: "Discovered.PII", Source: "system"})
	cli.Config(fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", w.Address(), fmt.Sprint(w.Source)))
	const nothingElse = "1 to import, 0 to add, 0 to change, 0 to destroy"
	if said := cli.Run("plan", "-generate-config-out=generated.tf"); !strings.Contains(said, nothingElse) {
		t.Errorf("Terraform said:\n%s", said)
	}
	text, err := os.ReadFile(filepath.Join(cli.Dir, "generated.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if said := cli.Run("plan"); !strings.Contains(said, nothingElse) {
		t.Errorf("Terraform said of\n%s\n%s", text, said)
	}
	cli.Run("apply", "-auto-approve")
	if said := cli.Run("plan"); !strings.Contains(said, "No changes.") {
		t.Errorf("Terraform said of\n%s\n%s", text, said)
	}
	if writes := w.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("unexpected writes %q", writes.Lines())
	}
}
