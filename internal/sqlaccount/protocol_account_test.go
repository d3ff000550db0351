package sqlaccount_test

import (
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

type attrs = map[string]any

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

func newBench(t *testing.T, options ...fake.Option) *acctest.Bench {
	t.Helper()
	t.Parallel()
	return acctest.NewBench(t, resourceType, options...)
}

func TestAccountLifecycle(t *testing.T) {
	b := newBench(t)

	acctest.WantAttributes(t, b.Planned(b.Absent(), writeOnly("first-Pa55", 1)).Planned, attrs{"id": "ada_sql"})
	r := b.Applied(b.Absent(), writeOnly("first-Pa55", 1))
	b.WantCalls("GET "+accountPath, "POST "+accountPath, "GET "+accountPath)
	if got := account(t, b.Tenant); got.Username != "ada_sql" || got.Password != "first-Pa55" {
		t.Fatalf("the tenant has %+v", got)
	}
	acctest.WantAttributes(t, r.State, attrs{
		"id": "ada_sql", "username": "ada_sql", "host": "query.acme.example.com", "port": 5432, "database": "immuta",
		"ssl_mode": "require", "password": nil, "password_wo": nil, "password_wo_version": 1,
	})
	b.PlansEmpty(r, writeOnly("first-Pa55", 1))
	// A new password with the old version cannot be seen.
	b.PlansEmpty(r, writeOnly("second-Pa55", 1))
	// A version that leaves the configuration says nothing new.
	b.Tenant.ResetJournal()
	r = b.Settled(r, writeOnly("second-Pa55", 1).Without("password_wo_version"))
	b.WantNoWrites()

	// To the other form, and back: each is one write.
	kept := acctest.Config{"username": "ada_sql", "password": "third-Pa55"}
	for _, config := range []acctest.Config{kept, kept.With("password", "fourth-Pa55"), {"username": "ada_sql", "password_wo": "fifth-Pa55"}} {
		b.Tenant.ResetJournal()
		r = b.Settled(r, config)
		got := account(t, b.Tenant).Password
		if writes := b.Tenant.Journal().Writes().Lines(); len(writes) != 1 || got != config["password"] && got != config["password_wo"] {
			t.Fatalf("writes %q, the password is %s", writes, got)
		}
		b.Want(r, "password", config["password"])
	}

	// Another name is another account.
	b.Replaces(r, writeOnly("x", 1).With("username", "ada_2"), "username")

	b.Tenant.ResetJournal()
	b.Applied(r, nil)
	b.WantCalls("DELETE " + accountPath + "/account/ada_sql")
	if left := b.Tenant.SQLAccounts(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestRotation asserts that a rotation by version is one PUT, and that the password is nowhere but in it.
func TestRotation(t *testing.T) {
	const password, rotated = "before-S3cret", "after-\"S3cret/&"
	b := newBench(t)
	r := b.Created(writeOnly(password, 1))

	b.Tenant.ResetJournal()
	plan := b.Planned(r, writeOnly(rotated, 2))
	r = b.Applied(r, writeOnly(rotated, 2))
	sent := b.Tenant.Journal()[0]
	b.WantCalls("PUT " + accountPath + "/password")
	if got := account(t, b.Tenant).Password; got != rotated {
		t.Fatalf("the password is %q", got)
	}
	if diff := cmp.Diff(attrs{"password": rotated}, sent.JSON()); diff != "" {
		t.Fatalf("the body (-want +got):\n%s", diff)
	}
	traces := fmt.Sprintf("%s %s %s %s %s %v", plan.Planned, r.State, r.Private, sent.Path, sent.RawQuery, sent.Header)
	if strings.Contains(traces, "S3cret") {
		t.Fatalf("a trace of the password in %s", traces)
	}

	// A refusal may quote it.
	b.Tenant.Fault(fake.Fault{Method: "PUT", Status: http.StatusBadRequest, Message: "the password " + rotated + " is too weak"})
	diags := b.TryApply(r, writeOnly(rotated, 3))
	diags.WantError(t, "Changing the password of the SQL account \"ada_sql\" failed", "too weak")
	if errs := strings.Join(diags.Errors(), ""); strings.Contains(errs, "S3cret") {
		t.Fatalf("a trace of the password in %s", errs)
	}
}

func TestAccountDrift(t *testing.T) {
	b := newBench(t, fake.WithNumericStrings(), fake.WithSQLAccountNotFound())
	config := writeOnly("Pa55", 1)
	r := b.Created(config)

	// Deleted elsewhere.
	b.Tenant.RemoveSQLAccount("ada_sql")
	r = b.Settled(b.Gone(r, `SQL account "ada_sql" of the API key's user`), config)

	// Another account in its place.
	b.Tenant.RemoveSQLAccount("ada_sql")
	b.Tenant.SetSQLAccount(fake.SQLAccount{Username: "somebody", Password: "x"})
	b.TryApply(b.Gone(r), config).WantErrorAt(t, "username", `the account "somebody"`, "terraform import immuta_sql_account.<name> 'somebody'")

	// A name that differs in case only is the same one.
	b.Tenant.RemoveSQLAccount("somebody")
	r = b.Created(config)
	b.Tenant.RemoveSQLAccount("ada_sql")
	b.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ADA_SQL"})
	r = b.PlansEmpty(r, config)
	acctest.WantAttributes(t, r.State, attrs{"username": "ada_sql"})
}

func TestTakenAccount(t *testing.T) {
	b := newBench(t)
	b.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ada_sql", Password: "hers"})
	b.TryApply(b.Absent(), writeOnly("Pa55", 1)).
		WantErrorAt(t, "username", "each user has one at most", "terraform import immuta_sql_account.<name> 'ada_sql'")
	b.WantNoWrites()

	// Made by somebody else at the last moment: by the same user, and under the same name.
	b.Tenant.RemoveSQLAccount("ada_sql")
	once := true
	b.Tenant.Before("POST", accountPath, func(*fake.Request) {
		if once {
			b.Tenant.SetSQLAccount(fake.SQLAccount{Username: "faster"})
		}
		once = false
	})
	b.TryApply(b.Absent(), writeOnly("Pa55", 1)).WantErrorAt(t, "username", "to = immuta_sql_account.<name>\n    id = \"faster\"")
	b.Tenant.RemoveSQLAccount("faster")
	other, _ := b.Tenant.AddUser("Ben")
	b.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ada_sql", ProfileID: other})
	b.TryApply(b.Absent(), writeOnly("Pa55", 1)).WantErrorAt(t, "username", "already exists")
}

func TestAccountImport(t *testing.T) {
	b := newBench(t)
	b.Tenant.SetSQLAccount(fake.SQLAccount{Username: "ada_sql", Password: "hers"})

	// Without a version there is nothing to do; with one, the password is sent.
	b.PlansEmpty(b.ByID("ada_sql"), acctest.Config{"username": "ada_sql"})
	b.PlansEmpty(b.ByID("ada_sql"), acctest.Config{"username": "ada_sql", "password_wo": "mine"})
	b.Settled(b.ByIdentity(attrs{"username": "ada_sql"}), writeOnly("mine", 1))
	if got := account(t, b.Tenant).Password; got != "mine" {
		t.Errorf("the password is %s", got)
	}
	b.NothingToImport("nobody", "nobody")
}

func TestAccountValidators(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	valid := writeOnly("Pa55", 1)
	kept := acctest.Config{"username": "a", "password": "x"}
	p.Validate(resourceType, valid).WantNone(t)
	p.Validate(resourceType, acctest.Config{"username": acctest.Unknown, "password": acctest.Unknown}).WantNone(t)
	for _, c := range []struct {
		config   acctest.Config
		at, says string
	}{
		{valid.With("password", "x"), "password", "Two forms of one secret"},
		{kept.With("password_wo_version", 1), "password_wo_version", "A version without its secret"},
		{kept.With("username", ""), "username", "at least 1"},
		{kept.With("password", ""), "password", "at least 1"},
		{valid.With("password_wo", ""), "password_wo", "at least 1"},
	} {
		p.Validate(resourceType, c.config).WantErrorAt(t, c.at, c.says)
	}
	p.TryPlan(acctest.Resource{Type: resourceType}, kept.Without("password")).WantErrorAt(t, "password_wo", "The secret is missing")
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
			b := newBench(t)
			r := b.Created(config)
			b.Tenant.Configure(c.option)
			b.TryRefresh(r).WantError(t, c.says...)
			b.TryApply(r, config.With("password_wo_version", 2)).WantError(t, c.says...)
			b.TryApply(b.Absent(), config).WantError(t, append(c.says, "Creating the SQL account \"ada_sql\" failed")...)
		})
	}
}
