package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// guide is a configuration of the guide "Checks on a tenant", about another source than the one in it.
func guide(t *testing.T, topic string, source int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "guides", "checks-on-a-tenant", topic, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), " 57\n", " "+strconv.Itoa(source)+"\n")
}

// The conditions in the guide hold on a tenant that is in order, and fail the plan on one that is not.
func TestAccGuideChecks(t *testing.T) {
	t.Parallel()
	for topic, test := range map[string]struct {
		breaks func(tenant *fake.Tenant, id, grace int)
		says   string
	}{
		"health": {func(tenant *fake.Tenant, id, _ int) { tenant.SetCheck(id, "sql", "failed") }, `Sales Orders is not healthy: sql`},
		"owners": {func(tenant *fake.Tenant, id, grace int) {
			tenant.AddMember(id, fake.Member{ProfileID: grace, State: "owner"})
		},
			`Unexpected owner of data source\s+100:\s+grace\.hopper@example\.com`},
		"visibility": {func(tenant *fake.Tenant, id, _ int) {
			tenant.UpdateDictionary(id, func(d *fake.Dictionary) { d.Columns[1].Tags = nil })
		}, `sees\s+columns\s+of\s+Sales\s+Orders\s+that\s+should\s+be\s+masked`},
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			env := acctest.NewSerial(t)
			grace, _ := env.Tenant.AddUser("Grace Hopper")
			id := env.Tenant.AddSource(fake.SourceSpec{Name: "Sales Orders"})
			env.Tenant.UpdateSource(id, func(s *fake.Source) { s.Tags = []fake.Tag{{Name: "Team.Finance"}} })
			env.Tenant.AddMember(id, fake.Member{ProfileID: grace})
			env.Tenant.UpdateDictionary(id, func(d *fake.Dictionary) {
				d.Columns[0].Name, d.Columns[1].Name = "EMAIL", "CARD_NUMBER"
				d.Columns[0].Tags, d.Columns[1].Tags = []fake.ColumnTag{{Name: "PII"}}, []fake.ColumnTag{{Name: "PII"}}
			})
			config := guide(t, topic, id)
			if topic == "visibility" {
				// A subscriber here has every visibility there is, so this one cannot hold.
				const counts = " && try(self.user_visibilities_count < self.data_source_visibilities_count, false)"
				config = strings.Replace(config, counts, "", 1)
			}
			cli := env.CLI()
			cli.SkipBelow(5)
			cli.Config(config)
			cli.Run("plan")
			test.breaks(env.Tenant, id, grace)
			if output := cli.Fail("plan"); !regexp.MustCompile(test.says).MatchString(output) {
				t.Errorf("the plan says\n%s", output)
			}
		})
	}
}

// The report of the guide is what goes into a pull request.
func TestAccGuideReport(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	id := env.Tenant.AddSource(fake.SourceSpec{Name: "Sales | Orders"})
	env.Run(acceptance.TestStep{
		Config: strings.Replace(guide(t, "report", id), "profile_id     = 12", "profile_id     = "+strconv.Itoa(fake.DefaultProfileID), 1),
		Check: acceptance.TestMatchOutput("comment", regexp.MustCompile(
			`(?s)sees of <code>Sales &#124; Orders</code> \(data source 100\).*`+
				`\| Rows \| all: no policy restricts them \|.*`+"```mermaid\ngraph LR\n")),
	})
}

// The module of the guides passes its own tests, and one that is wrong does not. Another configuration can call it.
func TestAccGuideModule(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	cli := env.CLI()
	cli.SkipBelow(11)
	if err := os.CopyFS(cli.Dir, os.DirFS(filepath.Join("..", "..", "examples", "guides", "modules-and-ephemeral-secrets"))); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"tables/versions.tf", "sales/main.tf"} {
		// With the registry's name, OpenTofu too finds the provider of this test.
		replaceIn(t, filepath.Join(cli.Dir, file), `"terraform-immuta/immuta"`, strconv.Quote(provider.Address))
	}
	if output := cli.Run("-chdir=tables", "test"); !strings.Contains(output, "4 passed, 0 failed") {
		t.Errorf("the module's tests say\n%s", output)
	}
	if registered := env.Tenant.Journal().Count("POST", "/snowflake/handler"); registered != 3 {
		t.Errorf("the tests registered %d data sources", registered)
	}

	cli.Run("-chdir=sales", "get")
	cli.Run("-chdir=sales", "apply", "-auto-approve", "-var=snowflake_password=not-in-the-state")
	cli.Run("-chdir=sales", "plan", "-detailed-exitcode", "-var=snowflake_password=not-in-the-state")
	state, err := os.ReadFile(filepath.Join(cli.Dir, "sales", "terraform.tfstate"))
	if err != nil || !strings.Contains(string(state), "Sales Orders") || strings.Contains(string(state), "not-in-the-state") {
		t.Errorf("the state holds the password, or nothing: %v", err)
	}

	// The module's test looks at the values in force, and notices another port.
	replaceIn(t, filepath.Join(cli.Dir, "tables", "main.tf"), "{ password_wo = var.password }", "{ password_wo = var.password, port = 8443 }")
	if output := cli.Fail("-chdir=tables", "test"); !strings.Contains(output, "The connection has another port than Snowflake's.") {
		t.Errorf("the module's tests say\n%s", output)
	}
}

// replaceIn replaces a text that has to be in a file.
func replaceIn(t *testing.T, file, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not contain %s", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), old, replacement)), 0o600); err != nil {
		t.Fatal(err)
	}
}
