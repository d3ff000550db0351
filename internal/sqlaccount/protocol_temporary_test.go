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
	opened, diags := p.Open(temporaryType, map[string]any{"project_id": 7, "account_prefix": "tf", "expires_in_minutes": 5, "force_direct_audit": true})
	diags.WantNone(t)
	sent := env.Tenant.Journal()[0]
	want := map[string]any{"projectId": "7", "accountPrefix": "tf", "expiresIn": 5.0, "forceDirectAudit": true}
	if diff := cmp.Diff(want, sent.JSON()); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
	made := account(t, env.Tenant)
	acctest.WantAttributes(t, opened.Result, map[string]any{
		"username": made.Username, "password": made.Password, "host": "query.acme.example.com", "port": int64(5432), "database": "immuta", "ssl_mode": "require",
		"project_id": int64(7), "account_prefix": "tf", "expires_in_minutes": int64(5), "force_direct_audit": true,
	})
	if got := fmt.Sprint(acctest.Get(opened.Result, "connection_string")); !strings.HasPrefix(got, "postgresql://tf_1:") {
		t.Errorf("the connection string is %s", got)
	}
	if strings.Contains(string(opened.Private), made.Password) {
		t.Error("the password is in private data")
	}

	env.Tenant.ResetJournal()
	p.Close(opened).WantNone(t)
	wantCalls(t, env.Tenant, "DELETE "+accountPath+"/account/tf_1")
	if left := env.Tenant.SQLAccounts(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	// Closed by somebody else.
	p.Close(opened).WantNone(t)
}

func TestTemporaryAccountDefaults(t *testing.T) {
	env, p := acctest.Start(t, nil, fake.WithNumericStrings())
	opened, diags := p.Open(temporaryType, nil)
	diags.WantNone(t)
	if diff := cmp.Diff(map[string]any{"expiresIn": 60.0}, env.Tenant.Journal()[0].JSON()); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
	for _, at := range []string{"project_id", "account_prefix", "expires_in_minutes", "force_direct_audit"} {
		if got := acctest.Get(opened.Result, at); got != nil {
			t.Errorf("%s is %v", at, got)
		}
	}
	acctest.WantAttributes(t, opened.Result, map[string]any{"port": int64(5432)})
}

// TestTemporaryAccountExpires asserts that a close that fails is a warning, and that the account does not stay.
func TestTemporaryAccountExpires(t *testing.T) {
	env, p := acctest.Start(t, nil)
	opened, diags := p.Open(temporaryType, map[string]any{"expires_in_minutes": 5})
	diags.WantNone(t)
	env.Tenant.Fault(fake.Fault{Method: "DELETE", Status: http.StatusForbidden, Times: fake.Always})
	diags = p.Close(opened)
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
	opened, diags := p.Open(temporaryType, nil)
	diags.WantNone(t)
	var kept map[string][]byte
	if err := json.Unmarshal(opened.Private, &kept); err != nil {
		t.Fatal(err)
	}
	for key := range kept {
		kept[key] = []byte("7")
	}
	opened.Private, _ = json.Marshal(kept)
	diags = p.Close(opened)
	diags.WantNoError(t)
	diags.WantWarning(t, "not deleted", "expires by itself")
}

func TestTemporaryAccountFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []fake.Fault{
		{Reset: true}, {Reset: true, When: fake.After}, {Status: 500}, {Status: 502, When: fake.After}, {HTML: true, When: fake.After}, {Truncate: true},
	} {
		env := acctest.NewSerial(t)
		p := env.Protocol(nil)
		opened, diags := p.Open(temporaryType, nil)
		diags.WantNone(t)
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
		"refused":          {fake.Fault{Status: 422, Body: `{"message": "Invalid", "validation": [{"path": "projectId", "message": "no such project"}]}`}, "no such project"},
		"forbidden":        {fake.Fault{Status: 403}, "may not do this"},
	} {
		env := acctest.NewSerial(t)
		env.Tenant.Fault(c.fault)
		_, diags := env.Protocol(map[string]any{"max_retries": 0}).Open(temporaryType, nil)
		diags.WantError(t, "Creating a temporary SQL account failed", c.says)
		if errs := strings.Join(diags.Errors(), ""); strings.Contains(errs, "told-once") {
			t.Errorf("%s: the password is in %s", name, errs)
		}
	}
	env := acctest.NewSerial(t, fake.Without(fake.SQLAccounts))
	_, diags := env.Protocol(nil).Open(temporaryType, nil)
	diags.WantError(t, "the tenant has no such call")
	env = acctest.NewSerial(t, fake.WithoutQueryEngine())
	_, diags = env.Protocol(nil).Open(temporaryType, nil)
	diags.WantError(t, "The query engine is disabled", "Have it turned on")
	_, diags = env.Protocol(map[string]any{"host": acctest.Unknown}).Open(temporaryType, nil)
	diags.WantError(t, "The provider is not configured yet")
}

func TestTemporaryAccountValidators(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	for at, value := range map[string]any{"project_id": 0, "account_prefix": "", "expires_in_minutes": 0} {
		_, diags := p.Open(temporaryType, map[string]any{at: value})
		diags.WantErrorAt(t, at, "must be at least 1")
	}
}
