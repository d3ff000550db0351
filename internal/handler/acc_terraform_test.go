package handler_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// unknowns are values that are not known until apply, whenever the word changes.
func unknowns(word string) string {
	return fmt.Sprintf(`
resource "terraform_data" "word" {
  input            = %[1]q
  triggers_replace = %[1]q
}
locals {
  word = terraform_data.word.output
}
`, word)
}

// TestAccUnknownValues feeds a source from values that are not known when it is planned, on create and on update.
func TestAccUnknownValues(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	ofTable := tech.config.With("name", acctest.Expression(`"${local.word} Orders"`)).With("remote_table", acctest.Expression("upper(local.word)")).
		With("server.hostname", acctest.Expression(`"${lower(local.word)}.example.com"`)).With("server.port", acctest.Expression("length(local.word) + 8000")).
		With("description", acctest.Expression("local.word")).With("columns", acctest.Expression(`[for w in [local.word] : { name = w, data_type = "text", remote_type = "varchar" }]`))
	// The whole server, and thus all that the names derive from.
	ofQuery := tech.config.Without("remote_schema", "remote_table", "server").With("name", acctest.Expression(`"${local.word} by query"`)).
		With("query", acctest.Expression(`"select '${local.word}'"`)).With("server", acctest.Expression("terraform_data.server.output")).
		HCL(tech.resourceType, "query") + `
resource "terraform_data" "server" {
  input            = { hostname = "${local.word}.example.com", database = "PROD", warehouse = "WH", username = "IMMUTA", password = "secret" }
  triggers_replace = local.word
}
`
	step := func(word string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
		return resource.TestStep{
			Config: unknowns(word) + tech.hcl(ofTable) + ofQuery,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(tech.address(), action),
				plancheck.ExpectResourceAction(tech.resourceType+".query", action),
				plancheck.ExpectUnknownValue(tech.address(), tfjsonpath.New("name")),
				plancheck.ExpectUnknownValue(tech.address(), tfjsonpath.New("connection_string")),
			}},
			ConfigStateChecks: checks,
		}
	}
	env.Run(
		step("Sales", plancheck.ResourceActionCreate,
			tech.has("name", knownvalue.StringExact("Sales Orders")), tech.has("sql_table_name", knownvalue.StringExact("sales")),
			statecheck.ExpectKnownValue(tech.resourceType+".query", tfjsonpath.New("sql_table_name"), knownvalue.StringExact("sales_by_query")),
			statecheck.ExpectKnownValue(tech.resourceType+".query", tfjsonpath.New("sql_schema_name"), knownvalue.StringExact("prod"))),
		step("Retail", plancheck.ResourceActionUpdate,
			tech.has("connection_string", knownvalue.StringExact("IMMUTA@retail.example.com:8006/PROD")),
			// What Immuta calls the table is left alone.
			tech.has("sql_table_name", knownvalue.StringExact("sales"))),
	)
}

// TestAccSharedServer lets several sources share one server with a write-only password from a variable. Its version sends a new
// one to all of them.
func TestAccSharedServer(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	server, _ := tech.config.With(tech.writeOnly(), acctest.Expression("var.secret")).With(tech.writeOnly()+"_version", acctest.Expression("var.version_of_secret"))["server"].(object)
	source := tech.config.With("server", acctest.Expression("local.server"))
	shared := `
variable "secret" {
  type      = string
  ephemeral = true
}
variable "version_of_secret" { type = number }
` + "locals {\n  server = " + acctest.HCL(server) + "\n}\n" +
		source.HCL(tech.resourceType, "orders") + source.Merge(object{"name": "Customers", "remote_table": "CUSTOMERS"}).HCL(tech.resourceType, "customers")
	step := func(secret string, version int, action plancheck.ResourceActionType) resource.TestStep {
		at := tfjsonpath.New("server").AtMapKey(strings.TrimPrefix(tech.writeOnly(), "server."))
		return resource.TestStep{
			Config:          shared,
			ConfigVariables: config.Variables{"secret": config.StringVariable(secret), "version_of_secret": config.IntegerVariable(version)},
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(tech.resourceType+".orders", action), plancheck.ExpectResourceAction(tech.resourceType+".customers", action),
			}},
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(tech.resourceType+".orders", at, knownvalue.Null())},
		}
	}
	env.Run(step("first", 1, plancheck.ResourceActionCreate), step("second", 2, plancheck.ResourceActionUpdate))
	if n := len(env.Tenant.Sources()); n != 2 {
		t.Errorf("%d sources, want 2", n)
	}
	for _, source := range env.Tenant.Sources() {
		if secrets, _ := env.Tenant.Secrets(source.HandlerID); secrets.Password != "second" {
			t.Errorf("the secret of %q is %q", source.Name, secrets.Password)
		}
	}
}

// hidden are the texts that must not be found, for plan checks and state checks.
type hidden []string

func (h hidden) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = h.search("the plan", req.Plan)
}

func (h hidden) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = h.search("the state", req.State)
}

// search looks through the JSON of a value, or through a text as it is.
func (h hidden) search(what string, where any) error {
	text, ok := where.(string)
	if !ok {
		encoded, err := json.Marshal(where)
		if err != nil {
			return err
		}
		text = string(encoded)
	}
	for _, secret := range h {
		if strings.Contains(text, secret) {
			return fmt.Errorf("%s holds %q", what, secret)
		}
	}
	if !strings.Contains(text, sourceName) {
		return fmt.Errorf("%s does not even hold the source's name: %s", what, text)
	}
	return nil
}

// secretive is a configuration whose secrets are write-only and come from ephemeral variables.
func (tech technology) secretive() (hcl string, variables map[string]string, secrets hidden) {
	const secret, key = "s3cr3t-Passphrase", "s3cr3t-PrivateKey"
	config := tech.config.With(tech.writeOnly(), acctest.Expression("var.secret")).With("server.user_files", []any{object{
		"key_name": "CERTIFICATE", "file_name": "ca.pem", "content_wo": acctest.Expression("base64encode(var.key)"), "content_wo_version": 1,
	}})
	hcl = tech.hcl(config)
	for _, name := range []string{"secret", "key"} {
		hcl += fmt.Sprintf("variable %q {\n  ephemeral = true\n  default   = null\n}\n", name)
	}
	return hcl, map[string]string{"secret": secret, "key": key}, hidden{secret, key, base64.StdEncoding.EncodeToString([]byte(key))}
}

// wantArrived fails unless the tenant has the secrets.
func (h hidden) wantArrived(t *testing.T, tenant *fake.Tenant) {
	t.Helper()
	source, _ := tenant.SourceByName(sourceName)
	if got, _ := tenant.Secrets(source.HandlerID); got.Password != h[0] || len(got.UserFiles) != 1 || got.UserFiles[0].Content != h[2] {
		t.Errorf("the secrets did not arrive: %+v", got)
	}
}

// TestAccSecretsStayOutOfFiles looks for them in the files that a user has, after a create and an update from saved plans.
func TestAccSecretsStayOutOfFiles(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	cli := env.CLI()
	hcl, variables, secrets := tech.secretive()
	cli.Variables(object{"secret": variables["secret"], "key": variables["key"]})
	for _, config := range []string{hcl, strings.Replace(hcl, `"SALES"`, `"RETAIL"`, 1)} {
		cli.Config(config)
		cli.Run("plan", "-out=saved.plan")
		if err := secrets.search("the plan", cli.Run("show", "-json", "saved.plan")); err != nil {
			t.Error(err)
		}
		cli.Run("apply", "saved.plan")
	}
	state, err := os.ReadFile(filepath.Join(cli.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if err := secrets.search("the state", string(state)); err != nil {
		t.Error(err)
	}
	secrets.wantArrived(t, env.Tenant)
}
