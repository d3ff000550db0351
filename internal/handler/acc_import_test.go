package handler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// importBlock is HCL that imports a source under an address.
func (tech technology) importBlock(name, id string) string {
	return fmt.Sprintf("import {\n  to = %s.%s\n  id = %q\n}\n", tech.resourceType, name, id)
}

// add leaves the source that the configuration describes in the tenant, under another name and table.
func (tech technology) add(env *acctest.Env, name, table string) (fake.Source, acctest.Config) {
	seed := tech.seed
	seed.Name = name
	if tech.hasSQL() {
		seed.Table = table
	} else {
		seed.Metadata = object{"integrationId": 4, "prefix": table}
	}
	source, _ := env.Tenant.Source(env.Tenant.AddSource(seed))
	return source, tech.config.With("name", name).With(tech.table, table)
}

// TestAccImport takes over three sources, each by another kind of id. Nothing is left to do.
func TestAccImport(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		if tech.hasSQL() && !tech.isFirst() {
			return
		}
		env := tech.env(t)
		first, byID := tech.add(env, "Sales/Orders 100%", "ORDERS")
		_, byName := tech.add(env, "Sales: Customers & Ümlaut", "CUSTOMERS")
		third, byHandler := tech.add(env, "Products", "PRODUCTS")
		env.Run(resource.TestStep{
			Config: byID.HCL(tech.resourceType, "by_id") + tech.importBlock("by_id", fmt.Sprint(first.ID)) +
				byName.HCL(tech.resourceType, "by_name") + tech.importBlock("by_name", "name:Sales: Customers & Ümlaut") +
				byHandler.HCL(tech.resourceType, "by_handler") + tech.importBlock("by_handler", fmt.Sprintf("%s/%d", tech.prefix, third.HandlerID)),
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			ConfigStateChecks: nil,
		})
		if writes := env.Tenant.Journal().Writes(); writes.Count("", "/dataSource/bulk/disable") != len(writes) {
			t.Errorf("an import wrote: %q", writes.Lines())
		}
	})
}

// TestAccImportByIdentity is for what Terraform knows since 1.12 and OpenTofu too.
func TestAccImportByIdentity(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	source, config := tech.add(env, "Orders", "ORDERS")
	env.RunIf([]tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}, resource.TestStep{
		Config:           tech.hcl(config) + fmt.Sprintf("import {\n  to = %s\n  identity = { id = %d }\n}\n", tech.address(), source.ID),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
	})
}

// TestSourceImport imports every technology's source by all kinds of ids, through the plugin protocol.
func TestSourceImport(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.start(t)
		source, config := tech.add(s.env, "Sales/Orders 100%", "ORDERS")
		imported := func(how string, r acctest.Resource, diags acctest.Diagnostics) {
			t.Helper()
			diags.WantNone(t)
			s.r = r
			s.want("id", source.ID)
			s.want("handler_id", source.HandlerID)
			s.p.WantIdentity(r, object{"id": source.ID})
			s.wantEmptyPlan(config)
			if t.Failed() {
				t.Fatal("imported by " + how)
			}
		}
		for _, id := range []string{fmt.Sprint(source.ID), "name:" + source.Name, fmt.Sprintf("%s/%d", tech.prefix, source.HandlerID)} {
			r, diags := s.p.Import(tech.resourceType, id)
			imported(id, r, diags)
		}
		r, diags := s.p.ImportIdentity(tech.resourceType, object{"id": source.ID})
		imported("identity", r, diags)
		if writes := s.env.Tenant.Journal().Writes(); len(writes) > 0 {
			t.Errorf("an import wrote: %q", writes.Lines())
		}
	})
}

// TestSourceImportOfAnotherTechnology is refused with the resource type that fits.
func TestSourceImportOfAnotherTechnology(t *testing.T) {
	all := technologies()
	for i, tech := range all {
		other := all[(i+1)%len(all)]
		t.Run(tech.prefix, func(t *testing.T) {
			s := tech.start(t)
			if other.fake != nil {
				s.env.Tenant.Configure(fake.WithTechnology(*other.fake))
			}
			source, _ := other.add(s.env, "Orders", "ORDERS")
			for _, id := range []string{fmt.Sprint(source.ID), "name:Orders"} {
				r, diags := s.p.Import(tech.resourceType, id)
				want := []string{other.label, tech.resourceType}
				if other.resource == nil {
					want = append(want, other.resourceType)
				}
				diags.WantErrorAt(t, "id", want...)
				if acctest.Get(r.State, "name") != nil {
					t.Errorf("the import by %s went ahead", id)
				}
			}
			s.p.TryImport(tech.resourceType, fmt.Sprintf("%s/%d", other.prefix, source.HandlerID)).WantError(t, "another technology", fmt.Sprintf("%q", tech.prefix))
		})
	}
}

// TestAccGeneratedConfiguration lets Terraform write the configuration of an import. What it cannot know is the secret: once
// that is filled in, nothing is left to do.
func TestAccGeneratedConfiguration(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	source, _ := tech.add(env, sourceName, "ORDERS")
	cli := env.CLI()
	cli.Config(tech.importBlock("test", fmt.Sprint(source.ID)))
	if said := cli.Fail("plan", "-generate-config-out=generated.tf"); !strings.Contains(said, "The secret is missing") {
		t.Errorf("Terraform said:\n%s", said)
	}
	generated := filepath.Join(cli.Dir, "generated.tf")
	text, err := os.ReadFile(generated)
	if err != nil {
		t.Fatal(err)
	}
	filled := regexp.MustCompile(`(?m)^( *password_wo *=).*$`).ReplaceAllString(string(text), `$1 "secret"`)
	if err := os.WriteFile(generated, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := cli.Run("plan"); !strings.Contains(said, "1 to import, 0 to add, 0 to change, 0 to destroy") {
		t.Errorf("Terraform said:\n%s", said)
	}
}

// TestSourceImportWithExplicitDefaults plans an update, because defaults read as null, and sends nothing.
func TestSourceImportWithExplicitDefaults(t *testing.T) {
	tech := snowflake()
	s := tech.start(t)
	_, config := tech.add(s.env, sourceName, "ORDERS")
	s.r = s.p.Imported(tech.resourceType, "name:"+sourceName)
	s.apply(config.With("server.port", 443).With("server.ssl", true).With("server.authentication_method", "userPassword").
		With("server.connection_string_options", "").With("enabled", true))
	s.wantCalls()
}

// TestSourceImportSendsTheRest imports a source for a configuration that holds what Immuta does not answer: it is sent once.
func TestSourceImportSendsTheRest(t *testing.T) {
	s := snowflake().start(t)
	source, config := s.tech.add(s.env, sourceName, "ORDERS")
	s.r = s.p.Imported(s.tech.resourceType, fmt.Sprint(source.ID))
	s.apply(config.Without("server.password_wo").With("server.password", password).With("server.user_files", files("CERTIFICATE")).
		With("columns", []any{object{"name": "ID", "data_type": "integer", "remote_type": "number(38,0)"}}).
		With("organization", "Retail").With("private", true).With("additional_metadata", `{"useCertificate": true}`))
	s.wantCalls(putHand, putSet, read)
	secrets, _ := s.env.Tenant.Secrets(source.HandlerID)
	if secrets.Password != password || len(secrets.UserFiles) != 1 {
		t.Errorf("the secrets are %+v", secrets)
	}
	if dictionary, _ := s.env.Tenant.Dictionary(source.ID); len(dictionary.Columns) != 1 || dictionary.Columns[0].Name != "ID" {
		t.Errorf("the columns are %+v", dictionary.Columns)
	}
	if saved := s.source(); saved.Organization != "Retail" || !saved.Private {
		t.Errorf("the settings are %+v", saved)
	}
	s.wantMetadata(object{"useCertificate": true})
}
