package handler_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccLifecycle takes one source of each technology through its life.
func TestAccLifecycle(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		env := tech.env(t)
		b := &acctest.Bench{Env: env, Type: tech.resourceType}
		renamed := tech.config.With("name", "Orders of Sales").With("description", "What was ordered.")
		update, recreate := tech.calls(putSet, read), tech.calls(post, read)
		if !tech.hasSQL() {
			recreate = tech.calls(post, putSet, read)
		}
		var first int
		env.Run(
			b.Step(tech.config, plancheck.ResourceActionCreate, tech.calls(post, read), b.Has("name", knownvalue.StringExact(sourceName)),
				b.Has("id", knownvalue.NotNull()), b.Has("handler_id", knownvalue.NotNull())),
			b.Step(renamed, plancheck.ResourceActionUpdate, update, b.Has("description", knownvalue.StringExact("What was ordered."))),

			// Drift.
			acctest.Drifted(func() {
				first = onlySource(t, env.Tenant).ID
				env.Tenant.UpdateSource(first, func(s *fake.Source) { s.Description = "somebody else's words" })
			}, b.Step(renamed, plancheck.ResourceActionUpdate, update)),
			acctest.Drifted(func() { env.Tenant.Disable(first) },
				b.Step(renamed, plancheck.ResourceActionUpdate, update, b.Has("enabled", knownvalue.Bool(true)))),
			acctest.Drifted(func() {
				if s := onlySource(t, env.Tenant); s.Deleted || s.Description != "What was ordered." {
					t.Errorf("drift was not repaired: %+v", s)
				}
				env.Tenant.Destroy(first)
			}, b.Step(renamed, plancheck.ResourceActionCreate, recreate)),

			resource.TestStep{ResourceName: b.Address(), ImportState: true, ImportStateVerify: true},
		)
		if s := onlySource(t, env.Tenant); !s.Deleted {
			t.Error("a destroy did not disable the source")
		}
	})
}

// Sixty tables of three technologies: what matters is what each of them costs.
func TestAccSixtyTablesCostThreeRequestsEachAndTwoPerRefresh(t *testing.T) {
	env := acctest.New(t)
	const tables = 20
	config := env.Provider()
	for _, tech := range technologies()[:3] {
		block := tech.hcl(tech.config.With("name", acctest.Expression(fmt.Sprintf(`"%s ${count.index}"`, tech.prefix))).
			With("remote_table", acctest.Expression(`"TABLE_${count.index}"`)))
		config += strings.Replace(block, "{\n", fmt.Sprintf("{\n  count = %d\n", tables), 1)
	}
	env.Run(resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{env.ResetJournal()},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), env.ExpectRequests(2 * 3 * tables)},
		},
		ConfigStateChecks: []statecheck.StateCheck{env.ExpectRequests(3 * 3 * tables)},
	})
}

// wantHidden fails if a text holds one of the secrets, or if it is not about the source.
func wantHidden(t *testing.T, what, text string, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds %q", what, secret)
		}
	}
	if !strings.Contains(text, sourceName) {
		t.Errorf("%s does not even hold the source's name: %s", what, text)
	}
}

// TestAccSecretsStayOutOfFiles lets two sources share a server whose secrets are write-only and come from ephemeral variables. It looks
// for them in the files that a user has, after a create and an update from saved plans. New versions send new secrets to both sources.
func TestAccSecretsStayOutOfFiles(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	cli := env.CLI()
	server := changed(tech.config, attrs{
		tech.writeOnly(): acctest.Expression("var.secret"), tech.writeOnly() + "_version": acctest.Expression("var.secret_version"),
		"server.user_files": []any{attrs{
			"key_name": "CERTIFICATE", "file_name": "ca.pem", "content_wo": acctest.Expression("base64encode(var.key)"),
			"content_wo_version": acctest.Expression("var.secret_version"),
		}},
	}).Get("server")
	source := tech.config.With("server", acctest.Expression("local.server"))
	config := "locals {\n  server = " + acctest.HCL(server) + "\n}\nvariable \"secret_version\" {}\n" + tech.hcl(source) +
		source.Merge(attrs{"name": "Customers", "remote_table": "CUSTOMERS"}).HCL(tech.resourceType, "customers")
	for _, name := range []string{"secret", "key"} {
		config += fmt.Sprintf("variable %q {\n  ephemeral = true\n  default   = null\n}\n", name)
	}
	cli.Config(config)
	for version := 1; version <= 2; version++ {
		secret, key := fmt.Sprint("s3cr3t-Passphrase-", version), fmt.Sprint("s3cr3t-PrivateKey-", version)
		encoded := base64.StdEncoding.EncodeToString([]byte(key))
		hidden := []string{secret, key, encoded}
		cli.Variables(attrs{"secret": secret, "key": key, "secret_version": version})
		cli.Run("plan", "-out=saved.plan")
		wantHidden(t, "the plan", cli.Run("show", "-json", "saved.plan"), hidden)
		cli.Run("apply", "saved.plan")
		state, err := os.ReadFile(filepath.Join(cli.Dir, "terraform.tfstate"))
		if err != nil {
			t.Fatal(err)
		}
		wantHidden(t, "the state", string(state), hidden)
		for _, name := range []string{sourceName, "Customers"} {
			source, _ := env.Tenant.SourceByName(name)
			got, _ := env.Tenant.Secrets(source.HandlerID)
			if got.Password != secret || len(got.UserFiles) != 1 || got.UserFiles[0].Content != encoded {
				t.Errorf("the secrets of %s did not arrive: %+v", name, got)
			}
		}
	}
}

// TestAccGeneratedConfiguration lets Terraform write the configuration of an import, which is valid and leaves nothing to do as it
// stands: the secret, which it cannot know, is needed only to change the connection.
func TestAccGeneratedConfiguration(t *testing.T) {
	env := acctest.New(t)
	cli := env.CLI()
	var imports strings.Builder
	for _, tech := range technologies() {
		if tech.prefix == "pg" {
			continue // The provider that the CLI starts does not have it.
		}
		source, _ := tech.add(env, "Orders in "+tech.prefix, fmt.Sprint(tech.config.Get(tech.table)))
		fmt.Fprintf(&imports, "import {\n  to = %s\n  id = \"%d\"\n}\n", tech.address(), source.ID)
	}
	cli.Config(imports.String())
	cli.Run("plan", "-generate-config-out=generated.tf")
	if said := cli.Run("apply", "-auto-approve"); !strings.Contains(said, "6 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("Terraform said:\n%s", said)
	}
	if said := cli.Run("plan"); !strings.Contains(said, "No changes.") {
		t.Errorf("Terraform said:\n%s", said)
	}
}

// TestAccServerOfAnotherTechnology: Terraform drops a key that the object does not have, so the error has to say what is missing.
func TestAccServerOfAnotherTechnology(t *testing.T) {
	for prefix, test := range map[string]struct {
		server attrs
		says   string
	}{
		"databricks": {attrs{"username": "u", "password": "p", "http_path": "/sql"}, "access_token_wo"},
		"redshift":   {attrs{"username": "u", "access_token": "t"}, "password_wo"},
	} {
		t.Run(prefix, func(t *testing.T) {
			tech := byPrefix(prefix)
			server := merged(attrs{"hostname": "acme.example.com", "database": "PROD"}, test.server)
			tech.env(t).Run(resource.TestStep{
				Config: tech.hcl(tech.config.With("server", server)), PlanOnly: true, ExpectError: regexp.MustCompile(test.says),
			})
		})
	}
}
