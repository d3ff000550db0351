package sqlaccount_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// TestAccTemporaryAccount asserts that the account is there while Terraform works, and gone afterwards.
func TestAccTemporaryAccount(t *testing.T) {
	env := acctest.New(t)
	env.RunEcho(resource.TestStep{
		Config: `
ephemeral "immuta_temporary_sql_account" "run" {
  account_prefix = "tf"
}

provider "echo" {
  data = ephemeral.immuta_temporary_sql_account.run
}

resource "echo" "seen" {}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("echo.seen", tfjsonpath.New("data").AtMapKey("username"), knownvalue.NotNull()),
			statecheck.ExpectKnownValue("echo.seen", tfjsonpath.New("data").AtMapKey("port"), knownvalue.Int64Exact(5432)),
			statecheck.ExpectKnownValue("echo.seen", tfjsonpath.New("data").AtMapKey("expires_in_minutes"), knownvalue.Null()),
		},
	})
	journal := env.Tenant.Journal()
	made, deleted := journal.Count("POST", accountPath+"/temporary"), journal.Count("DELETE", accountPath+"/account/*")
	if made == 0 || made != deleted || len(env.Tenant.SQLAccounts()) != 0 {
		t.Errorf("%d accounts were made, %d deleted, left: %+v", made, deleted, env.Tenant.SQLAccounts())
	}
}

// TestAccTemporaryAccountLeavesNoTrace applies a saved plan with every log on, and looks for the passwords of the temporary
// accounts in all that Terraform leaves behind.
func TestAccTemporaryAccountLeavesNoTrace(t *testing.T) {
	t.Setenv("TF_LOG", "TRACE")
	env := acctest.NewSerial(t)
	cli := env.CLI()
	cli.SkipBelow(11)
	cli.Config(`
ephemeral "immuta_temporary_sql_account" "run" {}

resource "immuta_sql_account" "me" {
  username            = "ada_sql"
  password_wo         = ephemeral.immuta_temporary_sql_account.run.password
  password_wo_version = 1
}
`)
	output := cli.Run("plan", "-out=saved")
	output += cli.Run("show", "-json", "saved")
	output += cli.Run("apply", "saved")
	output += cli.Run("show", "-json")
	all := env.Tenant.SQLAccounts()
	if len(all) != 1 || !strings.HasPrefix(all["ada_sql"].Password, "once-") {
		t.Fatalf("the tenant has %+v", all)
	}
	state, err := os.ReadFile(filepath.Join(cli.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"output, logs and shown plan": output, "state": string(state)} {
		for _, trace := range []string{"/told", "%2Ftold", `\u002ftold`} {
			if i := strings.Index(text, trace); i >= 0 {
				t.Errorf("a password is in the %s: %s", name, text[max(0, i-300):i+20])
			}
		}
	}
	if !strings.Contains(output, "/dataSource/featureStore/temporary") {
		t.Error("nothing was logged")
	}
}
