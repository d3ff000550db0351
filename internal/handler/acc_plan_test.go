package handler_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// TestAccPlanText is about what people read when they plan.
func TestAccPlanText(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	cli := env.CLI()
	one := tech.hcl(tech.config)
	cli.Config(one)
	created := regexp.MustCompile(`Creation complete after \d+s \[name=` + sourceName + `]`)
	if said := cli.Run("apply", "-auto-approve"); !created.MatchString(said) {
		t.Errorf("the name is not shown:\n%s", said)
	}
	source, _ := env.Tenant.SourceByName(sourceName)

	env.Tenant.Disable(source.ID)
	acctest.WantPlanned(t, cli.Run("plan"), "~ enabled = false -> true")
	env.Tenant.Restore(source.ID)

	if said := cli.Run("plan"); !strings.Contains(said, "No changes.") {
		t.Errorf("the plan is not empty:\n%s", said)
	}

	// A changed default is seen, and changes nothing but the state.
	cli.Config(one, `source_defaults = { on_destroy = "delete" }`)
	acctest.WantPlanned(t, cli.Run("plan"), `~ on_destroy = "disable" -> "delete"`)
	env.Tenant.ResetJournal()
	cli.Run("apply", "-auto-approve")
	if writes := env.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("a changed default sent %q", writes.Lines())
	}
	said := cli.Run("plan", "-destroy")
	if strings.Count(said, "Warning: Data sources will be deleted for good") != 1 || !strings.Contains(said, sourceName) {
		t.Errorf("the warning does not stand once:\n%s", said)
	}
}

// TestAccPlanRefusesAShift takes the first of two sources of a count away: the second element would move to the first's place.
func TestAccPlanRefusesAShift(t *testing.T) {
	tech := snowflake()
	env := tech.env(t)
	cli := env.CLI()
	counted := func(tables string) {
		cli.Config("locals {\n  tables = " + tables + "\n}\n" +
			tech.config.With("count", acctest.Expression("length(local.tables)")).With("name", acctest.Expression("local.tables[count.index]")).
				With("remote_table", acctest.Expression("local.tables[count.index]")).HCL(tech.resourceType, "all"))
	}
	counted(`["CUSTOMERS", "ORDERS", "RETURNS"]`)
	cli.Run("apply", "-auto-approve")
	env.Tenant.ResetJournal()
	counted(`["ORDERS", "RETURNS"]`)
	said := cli.Fail("plan")
	for _, text := range []string{
		"Error: The data source would stand for other data", `remote_table from "CUSTOMERS" to "ORDERS"`, "for_each", "moved",
		"allow_remote_change",
	} {
		if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(said, "│", "")), " "), text) {
			t.Errorf("no %q in\n%s", text, said)
		}
	}
	if writes := env.Tenant.Journal().Writes(); len(writes) > 0 {
		t.Errorf("the plan sent %q", writes.Lines())
	}
}

// TestAccPlanWarnsOfManyAsOne: Terraform folds the warnings of several sources that a destroy deletes for good.
func TestAccPlanWarnsOfManyAsOne(t *testing.T) {
	tech := snowflake()
	cli := tech.env(t).CLI()
	config := tech.config.With("on_destroy", "delete")
	cli.Config(config.HCL(tech.resourceType, "one") +
		config.Merge(attrs{"name": "Customers", "remote_table": "CUSTOMERS"}).HCL(tech.resourceType, "other"))
	cli.Run("apply", "-auto-approve")
	said := cli.Run("plan", "-destroy")
	if strings.Count(said, "will be deleted for good") != 1 || !strings.Contains(said, "(and one more similar warning elsewhere)") {
		t.Errorf("the warnings are not folded:\n%s", said)
	}
}
