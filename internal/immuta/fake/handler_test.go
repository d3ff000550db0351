package fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestHandlerUpdateReplacesEverything(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, handlerID := c.create(object{"connectionStringOptions": "role=X", "nativeViewName": "v"})
	path := fmt.Sprintf("/snowflake/handler/%d", handlerID)
	c.do("PUT", path+"/triggerHighCardinalityJob", nil, http.StatusOK)
	before, _ := c.tenant.Dictionary(id)

	changed := metadata(object{"eventTime": "ORDERED_AT", "password": "s3cret", "bodataSchemaName": "s", "bodataTableName": "o"})
	changed["userFiles"] = []any{object{"keyName": "PRIV_KEY_FILE", "content": "a2V5", "userFilename": "key.p8"}}
	c.do("PUT", path, object{"handler": object{"metadata": changed}, "connectionString": "any"}, http.StatusOK)

	m, _ := c.tenant.Handler(handlerID)
	if _, kept := m["connectionStringOptions"]; kept || m["eventTime"] != "ORDERED_AT" {
		t.Errorf("unexpected metadata: %v", m)
	}
	secrets, _ := c.tenant.Secrets(handlerID)
	want := fake.Secrets{Password: "s3cret", UserFiles: []fake.UserFile{{KeyName: "PRIV_KEY_FILE", Content: "a2V5", Filename: "key.p8"}}}
	if diff := cmp.Diff(want, secrets); diff != "" {
		t.Error(diff)
	}
	if s, _ := c.tenant.Source(id); s.SQLSchemaName != "s" || s.SQLTableName != "o" {
		t.Errorf("unexpected source: %+v", s)
	}
	if after, _ := c.tenant.Dictionary(id); !cmp.Equal(before, after) {
		t.Errorf("the dictionary changed: %v", after)
	}
	got := c.do("GET", path, nil, http.StatusOK)
	shown, _ := got.object()["metadata"].(map[string]any)
	if shown["highCardinality"] != "id" || shown["columnsNormalized"] != false {
		t.Errorf("computed keys are lost: %s", got.body)
	}

	// What was read may be put back, as long as the secrets come along.
	c.do("PUT", path, object{"metadata": shown}, http.StatusBadRequest)
	shown["password"] = "again"
	shown["columns"] = []any{object{"name": "only", "dataType": "text", "remoteType": "varchar"}}
	c.do("PUT", path, object{"metadata": shown}, http.StatusOK)
	if d, _ := c.tenant.Dictionary(id); len(d.Columns) != 1 || d.ID != before.ID {
		t.Errorf("unexpected dictionary: %+v", d)
	}
	c.do("PUT", path, object{"connectionString": "any"}, http.StatusBadRequest)
}

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

func TestCreateWithEverything(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	m := metadata(object{"columns": []any{object{
		"name": "ORDER_ID", "dataType": "numeric(38,0)", "remoteType": "number(38,0)", "isPrimaryKey": false, "nullable": true,
	}}})
	body := creation("Snowflake", m)
	settings, _ := body["dataSource"].(map[string]any)
	for key, value := range (object{
		"description": "d", "organization": "o", "category": "c", "hasExamples": true, "private": true, "schemaEvolutionId": nil,
		"columnEvolutionEnabled": true, "expiration": "2027-01-01T00:00:00Z", "recordFormat": "json",
		"expert": object{"profiles": []int{grace}, "groups": []int{5}}, "tags": []any{object{"name": "A.B"}},
	}) {
		settings[key] = value
	}
	body["schemaEvolution"] = object{
		"ownerProfileId": 7, "disabled": false, "schemas": []any{},
		"config": object{"nameTemplate": object{"nameFormat": "<Schema> <Tablename>"}},
	}
	created := c.do("POST", "/snowflake/handler", body, http.StatusOK)
	s, _ := c.tenant.Source(created.number("dataSourceId"))
	if s.SchemaEvolutionID == 0 || s.Category != "c" || !s.Private || s.Expiration == "" || s.RecordFormat != "json" {
		t.Errorf("unexpected source: %+v", s)
	}
	if want := []fake.Tag{{Name: "A.B", Source: "curated", AddedBy: fake.DefaultProfileID}}; !cmp.Equal(want, s.Tags) {
		t.Errorf("unexpected tags: %v", s.Tags)
	}
	if got := c.tenant.Members(s.ID); len(got) != 3 || got[1].State != "expert" || got[2].GroupID != 5 {
		t.Errorf("unexpected members: %+v", got)
	}
	if d, _ := c.tenant.Dictionary(s.ID); len(d.Columns) != 1 || d.Columns[0].Name != "ORDER_ID" {
		t.Errorf("unexpected dictionary: %+v", d)
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
