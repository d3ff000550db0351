package immuta_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestSQLPasswordsAreInNoLog looks for passwords in a log, also for those that only answers hold.
func TestSQLPasswordsAreInNoLog(t *testing.T) {
	t.Parallel()
	log := &records{least: immuta.LevelTrace}
	tenant, client := start(t, log.logger, retries(0))
	wantNoError(t, client.CreateSQLAccount(t.Context(), "ada_sql", "made-S3cret"))
	wantNoError(t, client.ChangeSQLPassword(t.Context(), "changed-S3cret"))
	made, err := client.CreateTemporarySQLAccount(t.Context(), immuta.TemporaryAccount{AccountPrefix: "tf"})
	wantNoError(t, err)
	tenant.Fault(fake.Fault{Status: 200, Body: `{"sqlPassword": "cut-S3cret", "connectionString": "postgresql://tf_1:cut-S3cret@h`})
	_, err = client.CreateTemporarySQLAccount(t.Context(), immuta.TemporaryAccount{})
	if err == nil || strings.Contains(err.Error(), "S3cret") {
		t.Errorf("the error is %v", err)
	}
	password, ok := strings.CutPrefix(made.Password, "once-")
	if !ok || !strings.Contains(string(made.ConnectionString), password) {
		t.Fatalf("the account is %+v", made)
	}
	text := strings.Join(log.lines(), "\n")
	if strings.Contains(text, "S3cret") || strings.Contains(text, "/told") {
		t.Errorf("a password is in the log:\n%s", text)
	}
	if !strings.Contains(text, "/dataSource/featureStore/temporary") || !strings.Contains(text, `"username":"ada_sql"`) {
		t.Errorf("the log is empty:\n%s", text)
	}
}

func TestSQLAccountAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]immuta.SQLConnection{
		`{"user": "a", "host": "h", "port": "5432", "database": "d", "sslmode": "require"}`: {Username: "a", Host: "h", Port: 5432,
			Database: "d", SSLMode: "require"},
		`[{"sqlUser": 7, "host": null, "port": null, "sslMode": "prefer", "new": {}}]`: {Username: "7", SSLMode: "prefer"},
		`{"user": "a", "host": {}, "port": "many"}`:                                    {Username: "a"},
	} {
		tenant := fake.New()
		tenant.Fault(fake.Fault{Status: 200, Body: body})
		got, err := connect(t, tenant).SQLAccount(t.Context())
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		wantEqual(t, body, *got, want)
	}
	for body, missing := range map[string]bool{
		`{"user": null}`: true,
		`{"statusCode": 404, "error": "Not Found", "message": "SQL account not found."}`: true,
		`{"statusCode": 404, "error": "Not Found", "message": "Not Found"}`:              false,
	} {
		tenant := fake.New()
		status := http.StatusOK
		if strings.Contains(body, "message") {
			status = http.StatusNotFound
		}
		tenant.Fault(fake.Fault{Status: status, Body: body})
		_, err := connect(t, tenant).SQLAccount(t.Context())
		if err == nil || immuta.IsNotFound(err) != missing || immuta.IsMissingRoute(err) == missing {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{"status": true}`: true, `{"success": "true"}`: true, `{"status": "odd"}`: true, `[{"sqlUser": 7}]`: true,
		``: false, `{}`: false, `null`: false, `"done"`: false, `[]`: false, `{"message": "maintenance"}`: false,
		`{"status": false}`: false, `{"success": false}`: false, `{"success": "false", "status": true}`: false,
	} {
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		if err := client.ChangeSQLPassword(t.Context(), "x"); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestDeclinedDeleteIsLookedUp(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	tenant.SetSQLAccount(fake.SQLAccount{Username: "ada_sql"})
	client := connect(t, tenant)
	fault := fake.Fault{Method: "DELETE", Status: 200, Body: `{"status": false}`}
	tenant.Fault(fault)
	if err := client.DeleteSQLAccount(t.Context(), "ada_sql"); err == nil {
		t.Error("an account that is still there counts as deleted")
	}
	fault.When = fake.After
	tenant.Fault(fault)
	if err := client.DeleteSQLAccount(t.Context(), "ada_sql"); err != nil {
		t.Errorf("an account that is gone counts as not deleted: %v", err)
	}
}
