package sqlaccount_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const temporaryType = "immuta_temporary_sql_account"

func TestTemporaryAccount(t *testing.T) {
	env, p := acctest.Start(t, nil)
	config := attrs{"project_id": 7, "account_prefix": "tf", "expires_in_minutes": 5, "force_direct_audit": true}
	opened := p.Opened(temporaryType, config)
	sent := env.Tenant.Journal()[0]
	want := attrs{"projectId": "7", "accountPrefix": "tf", "expiresIn": 5.0, "forceDirectAudit": true}
	if diff := cmp.Diff(want, sent.JSON()); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
	made := account(t, env.Tenant)
	acctest.WantAttributes(t, opened.Result, attrs{
		"username": made.Username, "password": made.Password, "host": "query.acme.example.com", "port": 5432, "database": "immuta",
		"ssl_mode": "require", "project_id": 7, "account_prefix": "tf", "expires_in_minutes": 5, "force_direct_audit": true,
	})
	if got := fmt.Sprint(acctest.Get(opened.Result, "connection_string")); !strings.HasPrefix(got, "postgresql://tf_1:") {
		t.Errorf("the connection string is %s", got)
	}
	if strings.Contains(string(opened.Private), made.Password) {
		t.Error("the password is in private data")
	}

	env.Tenant.ResetJournal()
	p.Close(opened).WantNone(t)
	if calls, left := env.Tenant.Journal().Lines(), env.Tenant.SQLAccounts(); len(calls) != 1 || len(left) != 0 {
		t.Errorf("requests %q, left: %+v", calls, left)
	}
	// Closed by somebody else.
	p.Close(opened).WantNone(t)
}

func TestTemporaryAccountDefaults(t *testing.T) {
	env, p := acctest.Start(t, nil, fake.WithNumericStrings())
	opened := p.Opened(temporaryType, nil)
	if diff := cmp.Diff(attrs{"expiresIn": 60.0}, env.Tenant.Journal()[0].JSON()); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
	acctest.WantAttributes(t, opened.Result, attrs{
		"project_id": nil, "account_prefix": nil, "expires_in_minutes": nil, "force_direct_audit": nil, "port": 5432,
	})
}

// TestTemporaryAccountExpires asserts that a close that fails is a warning, and that the account does not stay.
func TestTemporaryAccountExpires(t *testing.T) {
	env, p := acctest.Start(t, nil)
	opened := p.Opened(temporaryType, attrs{"expires_in_minutes": 5})
	env.Tenant.Fault(fake.Fault{Method: "DELETE", Status: http.StatusForbidden, Times: fake.Always})
	diags := p.Close(opened)
	diags.WantNoError(t)
	diags.WantWarning(t, "Deleting the temporary SQL account \"temp_1\" failed", "expires by itself")
	if len(env.Tenant.SQLAccounts()) != 1 {
		t.Fatal("the account is gone already")
	}
	env.Tenant.Advance(5 * 60 * 1e9)
	if left := env.Tenant.SQLAccounts(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestTemporaryAccountOfNoName asserts that a close which does not know what to delete says so.
func TestTemporaryAccountOfNoName(t *testing.T) {
	_, p := acctest.Start(t, nil)
	opened := p.Opened(temporaryType, nil)
	var kept map[string][]byte
	if err := json.Unmarshal(opened.Private, &kept); err != nil {
		t.Fatal(err)
	}
	for key := range kept {
		kept[key] = []byte("7")
	}
	opened.Private, _ = json.Marshal(kept)
	diags := p.Close(opened)
	diags.WantNoError(t)
	diags.WantWarning(t, "not deleted", "expires by itself")
}

func TestTemporaryAccountFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []fake.Fault{
		{Reset: true}, {Reset: true, When: fake.After}, {Status: 500}, {Status: 502, When: fake.After}, {Truncate: true},
		{HTML: true, When: fake.After},
	} {
		env := acctest.NewSerial(t)
		p := env.Protocol(nil)
		opened := p.Opened(temporaryType, nil)
		fault.Method = "DELETE"
		env.Tenant.Fault(fault)
		p.Close(opened).WantNone(t)
		if left := env.Tenant.SQLAccounts(); len(left) != 0 {
			t.Errorf("%s: left: %+v", fault, left)
		}
	}
}

// TestTemporaryAccountErrors asserts that no error quotes an answer that holds the password.
func TestTemporaryAccountErrors(t *testing.T) {
	t.Parallel()
	const answer = `{"success": true, "sqlUser": "temp_1", "connectionString": "postgresql://temp_1:told-once@h", "sqlPassword": "told-once"`
	for name, c := range map[string]struct {
		fault fake.Fault
		says  string
	}{
		"cut short":        {fake.Fault{Status: 200, Body: answer}, "cannot be read"},
		"without a name":   {fake.Fault{Status: 200, Body: `{"sqlPassword": "told-once"}`}, "no user name or no password"},
		"without password": {fake.Fault{Status: 200, Body: `{"sqlUser": "temp_1"}`}, "no user name or no password"},
		"not done":         {fake.Fault{Status: 200, Body: `{"success": false}`}, "Immuta answered that it failed"},
		"no object":        {fake.Fault{Status: 200, Body: `"told-once"`}, "cannot be read"},
		"HTML":             {fake.Fault{Status: 200, HTML: true}, "an HTML page"},
		"refused": {
			fake.Fault{Status: 422, Body: `{"message": "Invalid", "validation": [{"path": "projectId", "message": "no such project"}]}`},
			"no such project",
		},
		"forbidden": {fake.Fault{Status: 403}, "may not do this"},
	} {
		env := acctest.NewSerial(t)
		env.Tenant.Fault(c.fault)
		diags := env.Protocol(attrs{"max_retries": 0}).TryOpen(temporaryType, nil)
		diags.WantError(t, "Creating a temporary SQL account failed", c.says)
		if errs := strings.Join(diags.Errors(), ""); strings.Contains(errs, "told-once") {
			t.Errorf("%s: the password is in %s", name, errs)
		}
	}
	without := func(option fake.Option) *acctest.Protocol { return acctest.NewSerial(t, option).Protocol(nil) }
	without(fake.Without(fake.SQLAccounts)).TryOpen(temporaryType, nil).WantError(t, "the tenant has no such call")
	without(fake.WithoutQueryEngine()).TryOpen(temporaryType, nil).WantError(t, "The query engine is disabled", "Have it turned on")
	unknown := acctest.NewSerial(t).Protocol(attrs{"host": acctest.Unknown})
	unknown.TryOpen(temporaryType, nil).WantError(t, "The provider is not configured yet")
}

func TestTemporaryAccountValidators(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	for at, value := range map[string]any{"project_id": 0, "account_prefix": "", "expires_in_minutes": 0} {
		p.TryOpen(temporaryType, attrs{at: value}).WantErrorAt(t, at, "must be at least 1")
	}
}
