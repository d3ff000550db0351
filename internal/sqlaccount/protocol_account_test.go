package sqlaccount_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	resourceType = "immuta_sql_account"
	accountPath  = "/dataSource/featureStore"
)

var absent = acctest.Resource{Type: resourceType}

func writeOnly(password string, version int) acctest.Config {
	return acctest.Config{"username": "ada_sql", "password_wo": password, "password_wo_version": version}
}

// account is the only account of the tenant.
func account(t *testing.T, tenant *fake.Tenant) fake.SQLAccount {
	t.Helper()
	all := slices.Collect(maps.Values(tenant.SQLAccounts()))
	if len(all) != 1 {
		t.Fatalf("%d SQL accounts, want one: %+v", len(all), all)
	}
	return all[0]
}

// wantCalls fails unless these requests were sent since the journal was reset.
func wantCalls(t *testing.T, tenant *fake.Tenant, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, tenant.Journal().Lines()); diff != "" {
		t.Fatalf("requests (-want +got):\n%s", diff)
	}
}

func TestAccountLifecycle(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)

	r := p.Applied(absent, writeOnly("first-Pa55", 1))
	wantCalls(t, env.Tenant, "GET "+accountPath, "POST "+accountPath, "GET "+accountPath)
	if got := account(t, env.Tenant); got.Username != "ada_sql" || got.Password != "first-Pa55" {
		t.Fatalf("the tenant has %+v", got)
	}
	acctest.WantAttributes(t, r.State, map[string]any{
		"id": "ada_sql", "username": "ada_sql", "host": "query.acme.example.com", "port": int64(5432), "database": "immuta", "ssl_mode": "require",
		"password": nil, "password_wo": nil, "password_wo_version": int64(1),
	})
	p.WantEmptyPlan(t, r, writeOnly("first-Pa55", 1))
	// A new password with the old version cannot be seen.
	p.WantEmptyPlan(t, r, writeOnly("second-Pa55", 1))

	// To the other form, and back.
	kept := acctest.Config{"username": "ada_sql", "password": "third-Pa55"}
	env.Tenant.ResetJournal()
	r = p.MustApply(t, r, kept)
	if got := env.Tenant.Journal().Writes().Lines(); len(got) != 1 || account(t, env.Tenant).Password != "third-Pa55" {
		t.Fatalf("writes %q, account %+v", got, account(t, env.Tenant))
	}
	r = p.MustApply(t, r, kept.With("password", "fourth-Pa55"))
	if got := account(t, env.Tenant).Password; got != "fourth-Pa55" {
		t.Fatalf("the password is %s", got)
	}
	r = p.MustApply(t, r, acctest.Config{"username": "ada_sql", "password_wo": "fifth-Pa55"})
	if got := account(t, env.Tenant).Password; got != "fifth-Pa55" || acctest.Get(r.State, "password") != nil {
		t.Fatalf("the password is %s", got)
	}

	// Another name is another account.
	p.Replaces(r, writeOnly("x", 1).With("username", "ada_2"), "username")

	env.Tenant.ResetJournal()
	r = p.Applied(r, nil)
	wantCalls(t, env.Tenant, "DELETE "+accountPath+"/account/ada_sql")
	if r.Exists() || len(env.Tenant.SQLAccounts()) != 0 {
		t.Fatal("the account is still there")
	}
}

// TestRotation asserts that a rotation by version is one PUT, and that the password is nowhere but in it.
func TestRotation(t *testing.T) {
	const password, rotated = "before-S3cret", "after-\"S3cret/&"
	env := acctest.New(t)
	p := env.Protocol(nil)
	r := p.MustApply(t, absent, writeOnly(password, 1))

	env.Tenant.ResetJournal()
	plan := p.Planned(r, writeOnly(rotated, 2))
	r = p.Applied(r, writeOnly(rotated, 2))
	wantCalls(t, env.Tenant, "PUT "+accountPath+"/password")
	if got := account(t, env.Tenant).Password; got != rotated {
		t.Fatalf("the password is %q", got)
	}
	sent := env.Tenant.Journal()[0]
	if diff := cmp.Diff(map[string]any{"password": rotated}, sent.JSON()); diff != "" {
		t.Fatalf("the body (-want +got):\n%s", diff)
	}
	traces := fmt.Sprintf("%s %s %s %s %s %v", plan.Planned, r.State, r.Private, sent.Path, sent.RawQuery, sent.Header)
	if strings.Contains(traces, "S3cret") {
		t.Fatalf("a trace of the password in %s", traces)
	}

	// A refusal may quote it.
	env.Tenant.Fault(fake.Fault{Method: "PUT", Status: http.StatusBadRequest, Message: "the password " + rotated + " is too weak"})
	_, diags := p.Apply(r, writeOnly(rotated, 3))
	diags.WantError(t, "Changing the password of the SQL account \"ada_sql\" failed", "too weak")
	if errs := strings.Join(diags.Errors(), ""); strings.Contains(errs, "S3cret") {
		t.Fatalf("a trace of the password in %s", errs)
	}
}

func TestAccountDrift(t *testing.T) {
	env := acctest.New(t, fake.WithNumericStrings())
	p := env.Protocol(nil)
	config := writeOnly("Pa55", 1)
	r := p.MustApply(t, absent, config)

	// Deleted elsewhere.
	env.Tenant.RemoveSQLAccount("ada_sql")
	gone, diags := p.Refresh(r)
	diags.WantWarning(t, `SQL account "ada_sql" of the API key's user`, "removed from the state")
	if gone.Exists() {
		t.Fatal("the account is still in the state")
	}
	r = p.MustApply(t, gone, config)

	// Another account in its place.
	env.Tenant.RemoveSQLAccount("ada_sql")
	env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "somebody", Password: "x"})
	gone, diags = p.Refresh(r)
	diags.WantWarning(t, "removed from the state")
	p.TryApply(gone, config).WantErrorAt(t, "username", `the account "somebody"`, "terraform import immuta_sql_account.<name> 'somebody'")

	// A name that differs in case only is the same one.
	env.Tenant.RemoveSQLAccount("somebody")
	r = p.MustApply(t, absent, config)
	env.Tenant.RemoveSQLAccount("ada_sql")
	env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ADA_SQL"})
	r = p.WantEmptyPlan(t, r, config)
	acctest.WantAttributes(t, r.State, map[string]any{"username": "ada_sql"})
}

func TestAccountNotFoundForms(t *testing.T) {
	env := acctest.New(t, fake.WithSQLAccountNotFound())
	p := env.Protocol(nil)
	r := p.MustApply(t, absent, writeOnly("Pa55", 1))
	env.Tenant.RemoveSQLAccount("ada_sql")
	r, diags := p.Refresh(r)
	diags.WantWarning(t, "removed from the state")
	if r.Exists() {
		t.Fatal("the account is still in the state")
	}
}

func TestTakenAccount(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ada_sql", Password: "hers"})
	r, diags := p.Apply(absent, writeOnly("Pa55", 1))
	diags.WantErrorAt(t, "username", "each user has one at most", "terraform import immuta_sql_account.<name> 'ada_sql'")
	if r.Exists() || env.Tenant.Journal().Count("POST", "") != 0 || account(t, env.Tenant).Password != "hers" {
		t.Fatal("a taken account was touched")
	}

	// Made by somebody else at the last moment: by the same user, and under the same name.
	env.Tenant.RemoveSQLAccount("ada_sql")
	once := true
	env.Tenant.Before("POST", accountPath, func(*fake.Request) {
		if once {
			env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "faster"})
		}
		once = false
	})
	p.TryApply(absent, writeOnly("Pa55", 1)).WantErrorAt(t, "username", "terraform import immuta_sql_account.<name> 'faster'")
	env.Tenant.RemoveSQLAccount("faster")
	other, _ := env.Tenant.AddUser("Ben")
	env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ada_sql", ProfileID: other})
	p.TryApply(absent, writeOnly("Pa55", 1)).WantErrorAt(t, "username", "already exists")
}

func TestAccountImport(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	env.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ada_sql", Password: "hers"})

	byID := p.Imported(resourceType, "ada_sql")
	byIdentity, diags := p.ImportIdentity(resourceType, map[string]any{"username": "ada_sql"})
	diags.WantNone(t)
	if !byID.State.Equal(byIdentity.State) {
		t.Errorf("the imports differ: %s, %s", byID.State, byIdentity.State)
	}
	// Without a version there is nothing to do; with one, the password is sent.
	p.WantEmptyPlan(t, byID, acctest.Config{"username": "ada_sql", "password_wo": "mine"})
	p.MustApply(t, byIdentity, writeOnly("mine", 1))
	if got := account(t, env.Tenant).Password; got != "mine" {
		t.Errorf("the password is %s", got)
	}

	r, diags := p.Import(resourceType, "nobody")
	diags.WantWarning(t, "nobody")
	if r.Exists() {
		t.Error("an account was imported that does not exist")
	}
}

func TestAccountValidators(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	valid := writeOnly("Pa55", 1)
	p.Validate(resourceType, valid).WantNone(t)
	p.Validate(resourceType, acctest.Config{"username": acctest.Unknown, "password": acctest.Unknown}).WantNone(t)
	for name, c := range map[string]struct {
		config   acctest.Config
		at, says string
	}{
		"no password":          {acctest.Config{"username": "a"}, "password_wo", "The secret is missing"},
		"both passwords":       {valid.With("password", "x"), "password", "Two forms of one secret"},
		"version without":      {acctest.Config{"username": "a", "password": "x", "password_wo_version": 1}, "password_wo_version", "A version without its secret"},
		"empty name":           {valid.With("username", ""), "username", "at least 1"},
		"empty password":       {acctest.Config{"username": "a", "password": ""}, "password", "at least 1"},
		"empty write-only one": {valid.With("password_wo", ""), "password_wo", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) { p.Validate(resourceType, c.config).WantErrorAt(t, c.at, c.says) })
	}
}

func TestAccountTenantsWithoutEngine(t *testing.T) {
	config := writeOnly("Pa55", 1)
	for name, c := range map[string]struct {
		option fake.Option
		says   []string
	}{
		"route gone":      {fake.Without(fake.SQLAccounts), []string{"the tenant has no such call", "terraform state rm"}},
		"engine disabled": {fake.WithoutQueryEngine(), []string{"The query engine is disabled", "Have it turned on"}},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			p := env.Protocol(nil)
			r := p.MustApply(t, absent, config)
			env.Tenant.Configure(c.option)
			p.TryRefresh(r).WantError(t, c.says...)
			p.TryApply(r, config.With("password_wo_version", 2)).WantError(t, c.says...)
			r, diags := p.Apply(absent, config)
			diags.WantError(t, append(c.says, "Creating the SQL account \"ada_sql\" failed")...)
			if r.Exists() {
				t.Fatal("an account that was not made is in the state")
			}
		})
	}
}

func TestAccountWithoutProvider(t *testing.T) {
	env := acctest.New(t)
	r := env.Protocol(nil).MustApply(t, absent, writeOnly("Pa55", 1))
	p := env.Protocol(map[string]any{"host": acctest.Unknown})
	refreshed, diags := p.Refresh(r)
	diags.WantWarning(t, "Not refreshed")
	if !refreshed.State.Equal(r.State) {
		t.Error("the state has changed")
	}
	p.TryApply(r, writeOnly("Pa55", 2)).WantError(t, "The provider is not configured yet")
	p.TryApply(absent, writeOnly("Pa55", 1)).WantError(t, "The provider is not configured yet")
	p.TryApply(r, nil).WantError(t, "The provider is not configured yet")
	if bytes.Contains(r.Private, []byte("Pa55")) {
		t.Error("the password is in private state")
	}
}
