package fake_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestHandlerBulkUpdate(t *testing.T) {
	t.Parallel()
	c := connect(t)
	first, firstHandler := c.create(nil)
	second, secondHandler := c.create(object{"dataSourceName": "Second", "table": "SECOND"})
	c.create(object{"dataSourceName": "Elsewhere", "database": "TEST"})

	got := c.do("PUT", "/snowflake/bulk", object{
		"connectionString": "IMMUTA@acme.snowflakecomputing.com:443/PROD",
		"handler":          object{"metadata": object{"warehouse": "BIG", "password": "new", "ssl": "true"}},
	}, http.StatusOK)
	if got.number("jobsCreated") != 2 || got.text("bulkId") == "" {
		t.Errorf("unexpected answer: %s", got.body)
	}
	if m, _ := c.tenant.Handler(firstHandler); m["warehouse"] != "WH" {
		t.Errorf("the job did not wait: %v", m)
	}
	c.do("GET", "/jobs?bulkId="+got.text("bulkId"), nil, http.StatusOK)
	for _, id := range []int{firstHandler, secondHandler} {
		m, _ := c.tenant.Handler(id)
		secrets, _ := c.tenant.Secrets(id)
		if m["warehouse"] != "BIG" || m["schema"] != "SALES" || secrets.Password != "new" || m["ssl"] != true {
			t.Errorf("handler %d is %v, %v", id, m, secrets)
		}
	}

	c.do("PUT", "/snowflake/bulk", object{"ids": []int{first, second}, "handler": object{"metadata": object{"port": 8443}}}, http.StatusOK)
	c.do("GET", "/jobs?bulkId=1", nil, http.StatusOK)
	if secrets, _ := c.tenant.Secrets(firstHandler); secrets.Password != "new" {
		t.Errorf("the password is lost: %v", secrets)
	}

	// A job that would make two tables one fails.
	third, _ := c.create(object{"dataSourceName": "Third", "database": "OTHER"})
	clash := object{"ids": []int{third}, "handler": object{"metadata": object{"database": "PROD", "port": 8443}}}
	bulkID := c.do("PUT", "/snowflake/bulk", clash, http.StatusOK).text("bulkId")
	if states := c.states(bulkID); !strings.HasPrefix(states[0], "failed Duplicate tables") {
		t.Errorf("unexpected jobs: %q", states)
	}
	for _, body := range []object{
		{"ids": []int{first}, "handler": object{"metadata": object{"table": "T"}}},
		{"ids": []int{first}, "handler": object{"metadata": object{}}},
		{"handler": object{"metadata": object{"port": 1}}},
		{"ids": []int{first}, "connectionString": "x", "handler": object{"metadata": object{"port": 1}}},
	} {
		c.do("PUT", "/snowflake/bulk", body, http.StatusBadRequest)
	}
}

func TestManySourcesInOneCreate(t *testing.T) {
	t.Parallel()
	c := connect(t)
	body := creation("Snowflake", metadata(nil))
	body["handler"] = []any{
		object{"metadata": metadata(nil)},
		object{"metadata": metadata(object{"dataSourceName": "Second", "table": "SECOND"})},
	}
	settings, _ := body["dataSource"].(map[string]any)
	delete(settings, "name")
	delete(settings, "sqlTableName")
	got := c.do("POST", "/snowflake/handler", body, http.StatusOK)
	if _, ok := got.object()["dataSourceId"]; ok || got.number("jobsCreated") != 2 {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("GET", "/dataSource/name/Second", nil, http.StatusOK)
	if pending := c.do("GET", "/jobs?connectionString="+got.text("connectionString"), nil, http.StatusOK); string(pending.body) != "{}" {
		t.Errorf("jobs are left: %s", pending.body)
	}
}

func TestMetadataIsChecked(t *testing.T) {
	t.Parallel()
	c := connect(t)
	for want, overrides := range map[string]object{
		`"handler.metadata.surprise" is not allowed`:                    {"surprise": 1},
		`"handler.metadata.port" must be an integer`:                    {"port": "443"},
		`"handler.metadata.warehouse" is required`:                      {"warehouse": nil},
		`"handler.metadata.password" is required`:                       {"password": nil},
		`"handler.metadata.userFiles" is required`:                      {"authenticationMethod": "keyPair"},
		`"handler.metadata.authenticationMethod" is required`:           {"authenticationMethod": nil},
		`"handler.metadata.authenticationMethod" must be one of`:        {"authenticationMethod": "trust me"},
		`"handler.metadata.table" is required`:                          {"table": nil},
		`"handler.metadata.highCardinality" is not allowed`:             {"highCardinality": "id"},
		`"handler.metadata.userFiles[0].fileName" is not allowed`:       {"userFiles": []any{object{"fileName": "key"}}},
		`"handler.metadata.userFiles[0].content" must be a base64 text`: {"userFiles": []any{object{"content": "?"}}},
		`"handler.metadata.columns[0].type" is not allowed`:             {"columns": []any{object{"type": "text"}}},
	} {
		got := c.do("POST", "/snowflake/handler", creation("Snowflake", metadata(overrides)), http.StatusBadRequest)
		if !strings.Contains(got.text("message"), want) {
			t.Errorf("%q does not say %q", got.text("message"), want)
		}
	}
	c.tenant.Configure(fake.WithMetadataKeys("surprise"))
	c.create(object{"surprise": 1})
}
