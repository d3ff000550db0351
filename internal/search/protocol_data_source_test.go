package search_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

type attrs = map[string]any

const dataSource = "immuta_data_source"

// addOrders adds a source behind another one, so that its ids are not the first.
func addOrders(tenant *fake.Tenant) (id, handlerID int) {
	tenant.AddSource(fake.SourceSpec{})
	id = tenant.AddSource(fake.SourceSpec{Name: "Sales Orders", Schema: "SALES", Table: "ORDERS", Metadata: map[string]any{"bodataTableName": "orders"}})
	tenant.UpdateSource(id, func(s *fake.Source) {
		s.SQLTableName, s.SQLSchemaName, s.Description = "orders", "sales", "All orders"
	})
	source, _ := tenant.Source(id)
	return id, source.HandlerID
}

func TestProtocolDataSourceIsFoundByEachKey(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]attrs{"id": {"id": 101}, "name": {"name": "Sales Orders"}, "sql_table_name": {"sql_table_name": "orders"}} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			id, handlerID := addOrders(env.Tenant)
			state := env.Protocol(nil).Answered(dataSource, config)
			acctest.WantAttributes(t, state, map[string]any{
				"id": int64(id), "handler_id": int64(handlerID), "name": "Sales Orders", "sql_table_name": "orders", "sql_schema_name": "sales", "description": "All orders",
				"deleted": false, "blob_handler_type": "Snowflake", "created_by": int64(fake.DefaultProfileID), "connection_string": "IMMUTA@acme.example.com:443/PROD",
				"created_at": "2026-01-05T08:00:00.000Z", "type": "queryable", "expiration": nil, "documentation": nil, "schema_evolution_id": nil, "policy_handler_json": nil,
			})
			text, _ := acctest.Get(state, "handler_metadata_json").(string)
			var metadata map[string]any
			if err := json.Unmarshal([]byte(text), &metadata); err != nil {
				t.Fatal(err)
			}
			if metadata["table"] != "ORDERS" || metadata["warehouse"] != "IMMUTA_WH" || metadata["password"] != nil {
				t.Errorf("metadata %s", text)
			}
			if n := len(env.Tenant.Journal()); n != 2 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestProtocolDataSourceOfOddNames(t *testing.T) {
	t.Parallel()
	names := []string{
		"with spaces ", "with/slash", "/", `with "quotes"`, "it's", "50%", "%2F", "%zz", "Größe ☂ 注文", "a?b", "a#b", "a&b=c", "a+b", "a;b", "...", "back\\slash", "line\nbreak", "null", "7",
		strings.Repeat("é", 255),
	}
	for i, name := range names {
		for _, key := range []string{"name", "sql_table_name"} {
			t.Run(fmt.Sprint(i, " ", key), func(t *testing.T) {
				env := acctest.New(t)
				env.Tenant.AddSource(fake.SourceSpec{})
				id := env.Tenant.AddSource(fake.SourceSpec{Name: name})
				env.Tenant.UpdateSource(id, func(s *fake.Source) { s.SQLTableName = name })
				state := env.Protocol(nil).Answered(dataSource, attrs{key: name})
				acctest.WantAttributes(t, state, map[string]any{"id": int64(id)})
			})
		}
	}
}

func TestProtocolDataSourceOfADisabledSource(t *testing.T) {
	env := acctest.New(t)
	id, _ := addOrders(env.Tenant)
	env.Tenant.Disable(id)
	state := env.Protocol(nil).Answered(dataSource, attrs{"name": "Sales Orders"})
	acctest.WantAttributes(t, state, map[string]any{"deleted": true})
}

func TestProtocolDataSourceOfEveryTechnology(t *testing.T) {
	t.Parallel()
	for _, technology := range []string{"Snowflake", "Databricks", "Redshift", "Trino", "Synapse", "Native S3"} {
		t.Run(technology, func(t *testing.T) {
			env := acctest.New(t)
			id := env.Tenant.AddSource(fake.SourceSpec{Technology: technology})
			state := env.Protocol(nil).Answered(dataSource, attrs{"id": id})
			acctest.WantAttributes(t, state, map[string]any{"blob_handler_type": technology})
			if got := acctest.Get(state, "handler_metadata_json"); got == nil {
				t.Fatal("no metadata")
			}
		})
	}
}

func TestProtocolDataSourceTakesExactlyOneKey(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	for name, config := range map[string]attrs{
		"none": {}, "id and name": {"id": 1, "name": "x"}, "name and table": {"name": "x", "sql_table_name": "y"}, "all": {"id": 1, "name": "x", "sql_table_name": "y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.TryRead(dataSource, config).WantError(t, "id,name,sql_table_name")
		})
	}
	for at, config := range map[string]attrs{"id": {"id": 0}, "name": {"name": ""}, "sql_table_name": {"sql_table_name": ""}} {
		t.Run("empty "+at, func(t *testing.T) {
			t.Parallel()
			p.TryRead(dataSource, config).WantErrorAt(t, at)
		})
	}
}

func TestProtocolDataSourceThatIsNotThere(t *testing.T) {
	t.Parallel()
	for at, test := range map[string]struct {
		config attrs
		says   string
	}{
		"id":             {attrs{"id": 4711}, "Reading data source 4711"},
		"name":           {attrs{"name": "Nobody"}, `Reading the data source named "Nobody"`},
		"sql_table_name": {attrs{"sql_table_name": "nothing"}, `Reading the data source with the table "nothing"`},
	} {
		t.Run(at, func(t *testing.T) {
			env := acctest.New(t)
			addOrders(env.Tenant)
			env.Protocol(nil).TryRead(dataSource, test.config).WantErrorAt(t, at, test.says, "404", "The API key's user sees only")
		})
	}
}

func TestProtocolDataSourceErrorsAreForStrangers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fake.Fault
		want  []string
	}{
		"403":                 {fake.Fault{Status: 403, Message: "Not yours"}, []string{"Not yours", "immuta_current_user"}},
		"401":                 {fake.Fault{Status: 401}, []string{"401", "IMMUTA_API_KEY"}},
		"500":                 {fake.Fault{Status: 500, Message: "Broken"}, []string{"Broken", "Immuta's side"}},
		"an HTML page":        {fake.Fault{HTML: true}, []string{"HTML page", "login page"}},
		"a truncated answer":  {fake.Fault{Truncate: true}, []string{"broke off"}},
		"half of a JSON text": {fake.Fault{Status: 200, Body: `{"id": 101`}, []string{"cannot be read"}},
		"an empty array":      {fake.Fault{Status: 200, Body: `[]`}, []string{"cannot be read"}},
	} {
		for half, path := range map[string]string{"the source": "/dataSource/name/*", "the handler": "/snowflake/handler/*"} {
			t.Run(name+" for "+half, func(t *testing.T) {
				env := acctest.New(t)
				addOrders(env.Tenant)
				fault := test.fault
				fault.Path, fault.Times = path, fake.Always
				env.Tenant.Fault(fault)
				env.Protocol(nil).TryRead(dataSource, attrs{"name": "Sales Orders"}).WantError(t, append(test.want, `Reading the data source named "Sales Orders" failed`)...)
			})
		}
	}
}

func TestProtocolDataSourceOfEveryShape(t *testing.T) {
	t.Parallel()
	plain := acctest.NewSerial(t)
	addOrders(plain.Tenant)
	want := plain.Protocol(nil).Answered(dataSource, attrs{"id": 101})
	for name, option := range map[string]fake.Option{
		"texts for numbers": fake.WithNumericStrings(), "arrays": fake.WithArrays(), "unlisted keys": fake.WithUnlistedKeys(),
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t, option)
			addOrders(env.Tenant)
			got := env.Protocol(nil).Answered(dataSource, attrs{"id": 101})
			for _, at := range []string{"id", "handler_id", "created_by", "row_count", "name", "deleted", "connection_string", "blob_handler_type", "description"} {
				if a, b := acctest.Get(got, at), acctest.Get(want, at); a != b {
					t.Errorf("%s is %#v, want %#v", at, a, b)
				}
			}
		})
	}
	for name, body := range map[string]string{
		"nothing but an id": `{"id": 101}`,
		"nulls":             `{"id": "101", "name": null, "sqlTableName": null, "deleted": null, "createdBy": null, "rowCount": null, "expiration": null, "blobHandler": null, "policyHandler": null, "columnEvolutionEnabled": null, "subscriptionPolicy": null}`,
		"unknown keys":      `{"id": 101, "novelty": {"a": [1]}, "tags": "none"}`,
		"other types":       `{"id": 101.0, "name": 7, "deleted": "true", "rowCount": "many", "description": ["a"], "blobHandler": "x", "columnEvolutionEnabled": "yes", "createdAt": 0}`,
		"an odd handler":    `{"id": 101, "blobHandler": {"scheme": "https", "url": "https://acme.example.com/unknown"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			env.Tenant.Fault(fake.Fault{Status: 200, Body: body})
			got := env.Protocol(nil).Answered(dataSource, attrs{"id": 101})
			if id := acctest.Get(got, "id"); id != int64(101) {
				t.Errorf("id %v", id)
			}
			if metadata := acctest.Get(got, "handler_metadata_json"); metadata != nil {
				t.Errorf("metadata %v", metadata)
			}
		})
	}
}
