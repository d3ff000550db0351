package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	cli := copyGuide(t, env, "modules-and-ephemeral-secrets")
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

// The other configurations of the guides can be applied, and plan no change then.
func TestAccGuideApplies(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{
		"drift-and-clearing/clear", "drift-and-clearing/ignore",
		"many-tables-and-stable-keys/for-each", "many-tables-and-stable-keys/from-a-file", "many-tables-and-stable-keys/moved",
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			cli := copyGuide(t, acctest.NewSerial(t), topic)
			if topic == "many-tables-and-stable-keys/moved" {
				// What the guide moves away from: a count, and no moved blocks.
				file := filepath.Join(cli.Dir, "main.tf")
				after, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				before, _, _ := strings.Cut(string(after), "moved {")
				tables := `["ORDERS", "CUSTOMERS"]`
				before = strings.NewReplacer("for_each = toset("+tables+")", "count = 2", "each.key", tables+"[count.index]").Replace(before)
				if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
					t.Fatal(err)
				}
				cli.Run("apply", "-auto-approve", "-var=snowflake_password=hidden")
				if err := os.WriteFile(file, after, 0o600); err != nil {
					t.Fatal(err)
				}
				output := cli.Run("plan", "-var=snowflake_password=hidden")
				if strings.Count(output, "has moved to") != 2 || !strings.Contains(output, "Plan: 0 to add, 0 to change, 0 to destroy.") {
					t.Errorf("the plan says\n%s", output)
				}
			}
			cli.Run("apply", "-auto-approve", "-var=snowflake_password=hidden")
			cli.Run("plan", "-detailed-exitcode", "-var=snowflake_password=hidden")
		})
	}
}

// copyGuide makes a Terraform for a copy of a guide's configurations. Named as the registry names the provider, it is found by
// OpenTofu too.
func copyGuide(t *testing.T, env *acctest.Env, topic string) *acctest.CLI {
	t.Helper()
	cli := env.CLI()
	cli.SkipBelow(11)
	if err := os.CopyFS(cli.Dir, os.DirFS(filepath.Join("..", "..", "examples", "guides", filepath.FromSlash(topic)))); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(cli.Dir, func(file string, _ os.DirEntry, err error) error {
		if err == nil && slices.Contains([]string{"main.tf", "versions.tf"}, filepath.Base(file)) {
			replaceIn(t, file, `"terraform-immuta/immuta"`, strconv.Quote(provider.Address))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cli
}

// replaceIn replaces a text in a file.
func replaceIn(t *testing.T, file, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.ReplaceAll(string(text), old, replacement)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
