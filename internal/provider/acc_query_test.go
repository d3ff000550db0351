package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestAccQuery lists a tenant, imports everything with the configuration that Terraform generates, and finds nothing to change.
func TestAccQuery(t *testing.T) {
	env := acctest.New(t)
	cli := env.CLI()
	cli.SkipBelow(14)
	labels := map[string]string{
		"snowflake": "Snowflake", "databricks": "Databricks", "redshift": "Redshift", "trino": "Trino", "azure_synapse": "Synapse",
		"s3": "Native S3",
	}
	var lists strings.Builder
	list := func(resourceType, arguments string) {
		fmt.Fprintf(&lists, "list %q \"all\" {\n  provider         = immuta\n  include_resource = true\n  config {\n    %s\n  }\n}\n",
			resourceType, arguments)
	}
	found := 0
	for name, label := range labels {
		for i := range 12 {
			found++
			id := env.Tenant.AddSource(variation(i, label))
			env.Tenant.UpdateSource(id, func(s *fake.Source) { decorate(i, s) })
			if label == "Native S3" {
				env.Tenant.DeleteDictionary(id)
			} else {
				found++
			}
		}
		list("immuta_"+name+"_data_source", `search_text = "Source"`)
	}
	orders := env.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})
	env.Tenant.AddMember(orders, fake.Member{GroupID: fake.DefaultGroupID, State: "expert"})
	list("immuta_data_source_access", fmt.Sprint("data_source_id = ", orders))
	list("immuta_data_dictionary", `search_text = "Source"`)
	found += 2

	cli.Config("")
	if err := os.WriteFile(filepath.Join(cli.Dir, "all.tfquery.hcl"), []byte(lists.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		run  []string
		says string
	}{
		{[]string{"query", "-generate-config-out=generated.tf"}, "Source 1 of ${Trino} (Trino)"},
		{[]string{"plan", "-out=saved.plan"}, fmt.Sprintf("%d to import, 0 to add, 0 to change, 0 to destroy", found)},
		{[]string{"apply", "saved.plan"}, fmt.Sprintf("%d imported, 0 added, 0 changed, 0 destroyed", found)},
		{[]string{"plan"}, "No changes."},
	} {
		if said := cli.Run(step.run...); !strings.Contains(said, step.says) {
			t.Errorf("%q does not say %q:\n%s", step.run, step.says, said)
		}
	}
	if writes := env.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("the take-over wrote %q", writes.Lines())
	}
}
