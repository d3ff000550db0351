package maintenance_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	connection = "immuta_update_connection"
	secret     = "correct-horse-battery"
	selector   = "IMMUTA@acme.example.com:443/PROD"
)

// connectionWorld is a tenant with three data sources of which two share a connection.
type connectionWorld struct {
	*acctest.Env
	*acctest.Protocol

	ids []int
}

func newConnectionWorld(t *testing.T, options ...fake.Option) connectionWorld {
	t.Helper()
	env, p := acctest.Start(t, attrs{"max_retries": 0}, options...)
	w := connectionWorld{Env: env, Protocol: p}
	for _, host := range []string{"acme.example.com", "acme.example.com", "other.example.com"} {
		w.ids = append(w.ids, env.Tenant.AddSource(fake.SourceSpec{Hostname: host, Port: 443, Database: "PROD", Username: "IMMUTA"}))
	}
	return w
}

// metadata is what the handler of the i-th data source has.
func (w connectionWorld) metadata(i int) (map[string]any, fake.Secrets) {
	source, _ := w.Tenant.Source(w.ids[i])
	metadata, _ := w.Tenant.Handler(source.HandlerID)
	secrets, _ := w.Tenant.Secrets(source.HandlerID)
	return metadata, secrets
}

func (w connectionWorld) config(server attrs) acctest.Config {
	return acctest.Config{"technology": "snowflake", "connection_string": selector, "server": server}
}

func TestUpdateConnectionByConnectionString(t *testing.T) {
	w := newConnectionWorld(t)
	before, _ := w.metadata(2)
	got := w.Invoke(connection, w.config(attrs{"password": secret, "warehouse": "NEW_WH"}))
	got.WantNone(t)
	wantProgress(t, got, "2 of 2 jobs are done.")
	for i := range 2 {
		metadata, secrets := w.metadata(i)
		if metadata["warehouse"] != "NEW_WH" || metadata["username"] != "IMMUTA" || secrets.Password != secret {
			t.Errorf("handler %d: %v", i, metadata)
		}
	}
	if after, secrets := w.metadata(2); cmp.Diff(before, after) != "" || secrets.Password == secret {
		t.Error("a data source with another connection was changed")
	}
	sent := w.Tenant.Journal().Filter(http.MethodPut, "/snowflake/bulk")[0].JSON()
	want := attrs{"connectionString": selector, "handler": attrs{"metadata": attrs{"password": secret, "warehouse": "NEW_WH"}}}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("the request (-want +got):\n%s", diff)
	}
}

// Only what is given is sent, under the API's names; each technology has its own path.
func TestUpdateConnectionSends(t *testing.T) {
	t.Parallel()
	content := base64.StdEncoding.EncodeToString([]byte(secret))
	for name, test := range map[string]struct {
		path         string
		server, sent attrs
	}{
		"snowflake": {
			"/snowflake/bulk", attrs{"authentication_method": "keyPair", "user_files": []any{
				attrs{"key_name": "PRIV_KEY_FILE", "file_name": "key.p8", "content": content}}},
			attrs{"authenticationMethod": "keyPair", "userFiles": []any{
				attrs{"keyName": "PRIV_KEY_FILE", "userFilename": "key.p8", "content": content}}},
		},
		"databricks": {
			"/databricks/bulk", attrs{"access_token": secret, "http_path": "/sql/1"}, attrs{"password": secret, "httpPath": "/sql/1"},
		},
		"redshift": {"/redshift/bulk", attrs{"hostname": "h.example.com", "port": 5440}, attrs{"hostname": "h.example.com", "port": 5440.0}},
		"trino": {
			"/trino/bulk", attrs{"ssl": false, "database": "hive", "connection_string_options": ""},
			attrs{"ssl": false, "database": "hive", "connectionStringOptions": ""},
		},
		"azure_synapse": {"/asa/bulk", attrs{"username": "u", "password": secret}, attrs{"username": "u", "password": secret}},
	} {
		t.Run(name, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			label := map[string]string{"azure_synapse": "Synapse"}[name]
			if label == "" {
				label = strings.ToUpper(name[:1]) + name[1:]
			}
			id := env.Tenant.AddSource(fake.SourceSpec{Technology: label})
			got := p.Invoke(connection, attrs{"technology": name, "data_source_ids": []any{id}, "server": test.server})
			got.WantNone(t)
			sent := env.Tenant.Journal().Filter(http.MethodPut, test.path)[0].JSON()
			if diff := cmp.Diff(attrs{"ids": []any{float64(id)}, "handler": attrs{"metadata": test.sent}}, sent); diff != "" {
				t.Errorf("the request (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpdateConnectionThatFailsInPart(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func(w connectionWorld) acctest.Config{
		"connection string": func(w connectionWorld) acctest.Config { return w.config(attrs{"warehouse": "NEW_WH"}) },
		"ids": func(w connectionWorld) acctest.Config {
			return w.config(attrs{"warehouse": "NEW_WH"}).Without("connection_string").With("data_source_ids", []any{w.ids[0], w.ids[1]})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newConnectionWorld(t)
			w.Tenant.FailJob(w.ids[0], "No such warehouse.")
			w.Invoke(connection, config(w)).WantError(t, "1 of 2 jobs failed", "No such warehouse.",
				fmt.Sprintf("data source %d: not done: warehouse has another value", w.ids[0]), fmt.Sprintf("data source %d: done", w.ids[1]))
		})
	}
}

// Secrets never come back: whether one was changed shows nowhere but in the jobs.
func TestUpdateConnectionOfASecretAlone(t *testing.T) {
	w := newConnectionWorld(t)
	w.Tenant.FailJob(w.ids[0], "Login failed for the password "+secret)
	got := w.Invoke(connection, w.config(attrs{"password": secret}))
	got.WantError(t, "1 of 2 jobs failed", "Login failed for the password ***", "not known, because Immuta does not show it")
	if strings.Contains(got.Said(), secret) {
		t.Error("a secret is shown")
	}

	silent := newWorldWithoutJobs(t)
	got = silent.Invoke(connection, silent.config(attrs{"password": secret}))
	got.WantNoError(t)
	got.WantWarning(t, "not known", fmt.Sprintf("data source %d: not known", silent.ids[0]))
}

// newWorldWithoutJobs is a connectionWorld, in a test that runs beside others already, whose tenant does not tell of its jobs.
func newWorldWithoutJobs(t *testing.T) connectionWorld {
	t.Helper()
	env := acctest.NewSerial(t, fake.WithoutJobList())
	return connectionWorld{
		Env: env, Protocol: env.Protocol(attrs{"max_retries": 0}),
		ids: []int{env.Tenant.AddSource(fake.SourceSpec{Hostname: "acme.example.com", Port: 443, Database: "PROD", Username: "IMMUTA"})},
	}
}

// Whoever quotes a secret, in whatever spelling, it is not shown.
func TestUpdateConnectionShowsNoSecret(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{
		"refusal":  {Method: http.MethodPut, Status: 400, Message: "wrong: " + secret},
		"base64":   {Method: http.MethodPut, Status: 400, Message: "wrong: " + base64.StdEncoding.EncodeToString([]byte(secret))},
		"answer":   {Method: http.MethodPut, Status: 200, Body: `{"success": false, "message": "` + secret + `"}`},
		"bulk id":  {Method: http.MethodPut, Status: 200, Body: `{"bulkId": "` + secret + `", "jobsCreated": 2}`},
		"job list": {Method: http.MethodGet, Path: "/jobs", Status: 400, Message: secret},
	} {
		t.Run(name, func(t *testing.T) {
			w := newConnectionWorld(t)
			w.Tenant.Fault(fault)
			server := attrs{"password": secret, "user_files": []any{attrs{
				"key_name": "PRIV_KEY_FILE", "file_name": "key.p8", "content": base64.StdEncoding.EncodeToString([]byte(secret)),
			}}}
			got := w.Invoke(connection, w.config(server))
			if len(w.Tenant.PendingFaults()) > 0 {
				t.Error("the fault was not met")
			}
			if said := got.Said(); strings.Contains(said, secret) || strings.Contains(said, base64.StdEncoding.EncodeToString([]byte(secret))) {
				t.Errorf("a secret is shown: %s", strings.ReplaceAll(said, secret, "SECRET"))
			}
		})
	}
}

func TestUpdateConnectionOfNoSource(t *testing.T) {
	w := newConnectionWorld(t)
	w.Invoke(connection, w.config(attrs{"port": 444}).With("connection_string", "nobody@nowhere:1/x")).
		WantErrorAt(t, "connection_string", "no job was started", "snowflake")
	w.Invoke(connection, w.config(attrs{"port": 444}).Without("connection_string").With("data_source_ids", []any{4711})).
		WantError(t, "1 of 1 jobs failed", "data source 4711: could not be looked at")
}

func TestUpdateConnectionTimesOut(t *testing.T) {
	w := newConnectionWorld(t)
	w.Tenant.HoldJobs()
	w.Invoke(connection, w.config(attrs{"port": 444}).With("timeout", "50ms")).WantError(t, "the action timeout (50ms) ran out")
}

// A lost answer is looked up where the data sources show the change.
func TestUpdateConnectionLosesItsAnswer(t *testing.T) {
	w := newConnectionWorld(t)
	w.Tenant.Fault(fake.Fault{Method: http.MethodPut, Reset: true, When: fake.After})
	got := w.Invoke(connection, w.config(attrs{"warehouse": "NEW_WH"}))
	got.WantNone(t)
	wantProgress(t, got, "the data sources show that it is done")
	w.Tenant.Fault(fake.Fault{Method: http.MethodPut, Reset: true})
	w.Invoke(connection, w.config(attrs{"warehouse": "NEWER_WH"})).
		WantError(t, "What the data sources show now", "warehouse has another value", "no harm")
}

func TestUpdateConnectionRefusesArguments(t *testing.T) {
	w := newConnectionWorld(t)
	config := w.config(attrs{"port": 444})
	w.PlanAction(connection, config.Without("connection_string")).WantError(t, "Exactly one of these attributes")
	w.PlanAction(connection, config.With("data_source_ids", []any{1})).WantError(t, "Exactly one of these attributes")
	w.PlanAction(connection, config.With("technology", "oracle")).WantErrorAt(t, "technology", "oracle")
	w.PlanAction(connection, config.With("server", attrs{})).WantErrorAt(t, "server", "Nothing to change")
	for technology, key := range map[string]string{
		"snowflake": "access_token", "databricks": "password", "redshift": "warehouse", "trino": "http_path",
		"azure_synapse": "authentication_method",
	} {
		diags := w.PlanAction(connection, config.With("technology", technology).With("server", attrs{key: secret}))
		diags.WantErrorAt(t, "server."+key, technology)
		if strings.Contains(strings.Join(diags.Errors(), ""), secret) {
			t.Error("a secret is shown")
		}
	}
	files := []any{attrs{"key_name": "K", "file_name": "f", "content": secret}}
	diags := w.PlanAction(connection, config.With("server", attrs{"user_files": files}))
	diags.WantErrorAt(t, "server.user_files.0.content", "base64")
	if strings.Contains(strings.Join(diags.Errors(), ""), secret) {
		t.Error("a secret is shown")
	}
	for _, at := range []string{"technology", "connection_string", "server", "server.port", "timeout", "wait"} {
		w.PlanAction(connection, config.With(at, acctest.Unknown)).WantNone(t)
	}
}
