package search_test

import (
	"encoding/json"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

type attrs = map[string]any

const dataSource = "immuta_data_source"

// addOrders adds a source behind another one, so that its ids are not the first.
func addOrders(tenant *fake.Tenant) (id, handlerID int) {
	tenant.AddSource(fake.SourceSpec{})
	id = tenant.AddSource(fake.SourceSpec{
		Name: "Sales Orders", Schema: "SALES", Table: "ORDERS", Metadata: attrs{"bodataTableName": "orders"},
	})
	tenant.UpdateSource(id, func(s *fake.Source) {
		s.SQLTableName, s.SQLSchemaName, s.Description = "orders", "sales", "All orders"
	})
	source, _ := tenant.Source(id)
	return id, source.HandlerID
}

func TestProtocolDataSourceIsFoundByEachKey(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]any{"id": 101, "name": "Sales Orders", "sql_table_name": "orders"} {
		for shape, options := range map[string][]fake.Option{
			"": nil, " of texts": {fake.WithNumericStrings()}, " of arrays": {fake.WithArrays()}, " with unlisted keys": {fake.WithUnlistedKeys()},
		} {
			t.Run(key+shape, func(t *testing.T) {
				env, p := acctest.Start(t, nil, options...)
				id, handlerID := addOrders(env.Tenant)
				state := p.Answered(dataSource, attrs{key: value})
				acctest.WantAttributes(t, state, attrs{
					"id": id, "handler_id": handlerID, "name": "Sales Orders", "description": "All orders", "deleted": false,
					"sql_table_name": "orders", "sql_schema_name": "sales", "technology": "Snowflake", "type": "queryable",
					"connection_string": "IMMUTA@acme.example.com:443/PROD", "created_by": fake.DefaultProfileID,
					"created_at": "2026-01-05T08:00:00.000Z", "row_count": 0, "expiration": nil, "documentation": nil,
					"schema_evolution_id": nil, "policy_handler_json": nil,
				})
				text, _ := acctest.Get(state, "handler_metadata_json").(string)
				var metadata attrs
				if err := json.Unmarshal([]byte(text), &metadata); err != nil {
					t.Fatal(err)
				}
				if metadata["table"] != "ORDERS" || metadata["warehouse"] != "IMMUTA_WH" || metadata["password"] != nil {
					t.Errorf("metadata %s", text)
				}
				env.Tenant.Disable(id)
				acctest.WantAttributes(t, env.Protocol(nil).Answered(dataSource, attrs{key: value}), attrs{"deleted": true})
			})
		}
	}
}

func TestProtocolDataSourceOfEveryTechnology(t *testing.T) {
	env, p := acctest.Start(t, nil)
	for _, technology := range []string{"Snowflake", "Databricks", "Redshift", "Trino", "Synapse", "Native S3"} {
		state := p.Answered(dataSource, attrs{"id": env.Tenant.AddSource(fake.SourceSpec{Technology: technology})})
		if acctest.Get(state, "technology") != technology || acctest.Get(state, "handler_metadata_json") == nil {
			t.Errorf("%s is answered as %v", technology, acctest.Get(state, ""))
		}
	}
}

func TestProtocolDataSourceErrorsAreForStrangers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fake.Fault
		want  []string
	}{
		"403":                 {fake.Fault{Status: 403, Message: "Not yours"}, []string{"Not yours", "immuta_current_user"}},
		"500":                 {fake.Fault{Status: 500, Message: "Broken"}, []string{"Broken", "Immuta's side"}},
		"an HTML page":        {fake.Fault{HTML: true}, []string{"HTML page", "login page"}},
		"a truncated answer":  {fake.Fault{Truncate: true}, []string{"broke off"}},
		"half of a JSON text": {fake.Fault{Status: 200, Body: `{"id": 101`}, []string{"cannot be read"}},
		"an empty array":      {fake.Fault{Status: 200, Body: `[]`}, []string{"cannot be read"}},
	} {
		for half, path := range map[string]string{"the source": "/dataSource/name/*", "the handler": "/snowflake/handler/*"} {
			t.Run(name+" for "+half, func(t *testing.T) {
				env, p := acctest.Start(t, nil)
				addOrders(env.Tenant)
				fault := test.fault
				fault.Path, fault.Times = path, fake.Always
				env.Tenant.Fault(fault)
				says := append(test.want, `Reading the data source named "Sales Orders" failed`)
				p.TryRead(dataSource, attrs{"name": "Sales Orders"}).WantError(t, says...)
			})
		}
	}
}

// TestProtocolDataSourceOfOddAnswers finds no handler in any of these answers, which is no error.
func TestProtocolDataSourceOfOddAnswers(t *testing.T) {
	env := acctest.New(t)
	for name, body := range map[string]string{
		"nothing but an id": `{"id": 101}`,
		"nulls": `{"id": "101", "name": null, "sqlTableName": null, "deleted": null, "createdBy": null, "rowCount": null, "expiration": null,
			"blobHandler": null, "policyHandler": null, "columnEvolutionEnabled": null, "subscriptionPolicy": null}`,
		"unknown keys": `{"id": 101, "novelty": {"a": [1]}, "tags": "none"}`,
		"other types": `{"id": 101.0, "name": 7, "deleted": "true", "rowCount": "many", "description": ["a"], "blobHandler": "x",
			"columnEvolutionEnabled": "yes", "createdAt": 0}`,
		"an odd handler": `{"id": 101, "blobHandler": {"scheme": "https", "url": "https://acme.example.com/unknown"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			env.Tenant.Fault(fake.Fault{Status: 200, Body: body})
			state := env.Protocol(nil).Answered(dataSource, attrs{"id": 101})
			acctest.WantAttributes(t, state, attrs{"id": 101, "handler_metadata_json": nil})
		})
	}
}
