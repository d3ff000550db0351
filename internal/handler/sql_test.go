package handler

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func metadataOf(t *testing.T, text string) immuta.Metadata {
	t.Helper()
	var md immuta.Metadata
	if err := json.Unmarshal([]byte(text), &md); err != nil {
		t.Fatal(err)
	}
	return md
}

func serverOn(hostname, database string) types.Object {
	return types.ObjectValueMust(map[string]attr.Type{"hostname": types.StringType, "database": types.StringType},
		map[string]attr.Value{"hostname": types.StringValue(hostname), "database": types.StringValue(database)})
}

func TestIdentifier(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Sales Orders": "sales_orders", "PROD": "prod", "a-b.c/d": "a_b_c_d", "Größe 2": "größe_2", "": "", "注文": "注文", "it's": "it_s",
	} {
		if got := identifier(name); got != want {
			t.Errorf("identifier(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestNameDefaults(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	for name, test := range map[string]struct {
		given         SQL
		table, schema types.String
	}{
		"after the remote table": {SQL{RemoteTable: text("Orders"), RemoteSchema: text("SALES")}, text("orders"), text("sales")},
		"over what is open": {
			SQL{RemoteTable: text("Orders"), RemoteSchema: text("SALES"), SQLTableName: types.StringUnknown(), SQLSchemaName: types.StringUnknown()}, text("orders"), text("sales"),
		},
		"not over what is configured": {
			SQL{RemoteTable: text("Orders"), RemoteSchema: text("SALES"), SQLTableName: text("T"), SQLSchemaName: text("S")}, text("T"), text("S"),
		},
		"after the name and the database of a query": {
			SQL{Common: Common{Name: text("Sales Orders")}, Query: text("select 1"), Server: serverOn("h", "My DB")}, text("sales_orders"), text("my_db"),
		},
		"an open name": {
			SQL{Common: Common{Name: types.StringUnknown()}, Query: text("select 1"), Server: types.ObjectUnknown(nil), SQLTableName: types.StringUnknown()},
			types.StringUnknown(), types.StringNull(),
		},
		"an open table": {
			SQL{RemoteTable: types.StringUnknown(), RemoteSchema: types.StringUnknown(), SQLTableName: types.StringUnknown(), SQLSchemaName: types.StringUnknown()},
			types.StringUnknown(), types.StringUnknown(),
		},
	} {
		m, config := test.given, test.given
		if m.SQLTableName.IsUnknown() {
			config.SQLTableName, config.SQLSchemaName = types.StringNull(), types.StringNull()
		}
		m.createDefaults(&config)
		if !m.SQLTableName.Equal(test.table) || !m.SQLSchemaName.Equal(test.schema) {
			t.Errorf("%s: %s in %s, want %s in %s", name, m.SQLTableName, m.SQLSchemaName, test.table, test.schema)
		}
	}
}

func TestSameMetadata(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		a, b string
		want bool
	}{
		"the same":         {`{"a": 1, "b": {"c": [1, 2]}}`, `{"b":{"c":[1,2]},"a":1.0}`, true},
		"another value":    {`{"a": 1}`, `{"a": 2}`, false},
		"another name":     {`{"dataSourceName": "a"}`, `{"dataSourceName": "b"}`, true},
		"another type":     {`{"a": 1}`, `{"a": "1"}`, false},
		"a key more":       {`{"a": 1}`, `{"a": 1, "b": null}`, false},
		"another key":      {`{"a": 1}`, `{"b": 1}`, false},
		"another order":    {`{"a": [1, 2]}`, `{"a": [2, 1]}`, false},
		"nothing":          {`{}`, `{}`, true},
		"null and nothing": {`{"a": null}`, `{}`, false},
	} {
		a, b := metadataOf(t, test.a), metadataOf(t, test.b)
		if sameHandler(a, b) != test.want || sameHandler(b, a) != test.want {
			t.Errorf("%s: want %t", name, test.want)
		}
	}
}

func TestAdditionalFromAPI(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prior    jsontypes.Normalized
		answered string
		want     string
	}{
		"only configured keys are compared":      {jsontypes.NewNormalizedValue(`{"a": 1}`), `{"a": 1, "b": 2}`, `{"a": 1}`},
		"what means the same keeps its spelling": {jsontypes.NewNormalizedValue(`{ "a" : [1, {"x": true}] }`), `{"a": [1.0, {"x":true}]}`, `{ "a" : [1, {"x": true}] }`},
		"another value is drift":                 {jsontypes.NewNormalizedValue(`{"a": 1, "b": 2}`), `{"a": 3, "b": 2}`, `{"a":3,"b":2}`},
		"null is drift":                          {jsontypes.NewNormalizedValue(`{"a": 1}`), `{"a": null}`, `{"a":null}`},
		"what is not answered stays":             {jsontypes.NewNormalizedValue(`{"a": 1}`), `{}`, `{"a": 1}`},
		"nothing configured":                     {jsontypes.NewNormalizedValue(`{}`), `{"a": 1}`, `{}`},
		"not configured":                         {jsontypes.NewNormalizedNull(), `{"a": 1}`, ""},
	} {
		got, diags := additionalFromAPI(test.prior, metadataOf(t, test.answered))
		if diags.HasError() {
			t.Errorf("%s: %v", name, diags)
		}
		if got.ValueString() != test.want || got.IsNull() != test.prior.IsNull() {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestAdditionalOfNoObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[1]`, `null`, `{"a":`} {
		prior := jsontypes.NewNormalizedValue(text)
		if got, diags := additionalFromAPI(prior, metadataOf(t, `{"a": 1}`)); !diags.HasError() || !got.Equal(prior) {
			t.Errorf("%s reads as %s, %v", text, got, diags)
		}
		if _, _, diags := sendAll((&SQL{AdditionalMetadata: prior}).values(answer{})); !diags.HasError() {
			t.Errorf("%s is sent", text)
		}
	}
}

func TestSameRemote(t *testing.T) {
	t.Parallel()
	table := SQL{Server: serverOn("acme.example.com", "PROD"), RemoteSchema: types.StringValue("SALES"), RemoteTable: types.StringValue("ORDERS")}
	query := SQL{Server: serverOn("acme.example.com", "PROD"), Query: types.StringValue("select 1")}
	for name, test := range map[string]struct {
		m     SQL
		found string
		want  bool
	}{
		"the same":          {table, `{"hostname": "acme.example.com", "database": "PROD", "schema": "SALES", "table": "ORDERS"}`, true},
		"in another case":   {table, `{"hostname": "ACME.example.com", "database": "prod", "schema": "sales", "table": "Orders", "query": null}`, true},
		"another host":      {table, `{"hostname": "other.example.com", "database": "PROD", "schema": "SALES", "table": "ORDERS"}`, false},
		"another database":  {table, `{"hostname": "acme.example.com", "database": "TEST", "schema": "SALES", "table": "ORDERS"}`, false},
		"another schema":    {table, `{"hostname": "acme.example.com", "database": "PROD", "schema": "HR", "table": "ORDERS"}`, false},
		"another table":     {table, `{"hostname": "acme.example.com", "database": "PROD", "schema": "SALES", "table": "RETURNS"}`, false},
		"a query over it":   {table, `{"hostname": "acme.example.com", "database": "PROD", "schema": "SALES", "table": "ORDERS", "query": "select 1"}`, false},
		"nothing":           {table, `{}`, false},
		"the same query":    {query, `{"hostname": "acme.example.com", "database": "PROD", "query": "select 1"}`, true},
		"another query":     {query, `{"hostname": "acme.example.com", "database": "PROD", "query": "SELECT 1"}`, false},
		"a table, no query": {query, `{"hostname": "acme.example.com", "database": "PROD", "schema": "SALES", "table": "ORDERS"}`, false},
	} {
		if got := test.m.sameRemote(metadataOf(t, test.found)); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestMetadataPatchKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	current := metadataOf(t, `{"hostname": "old", "unknown": {"a": [1]}, "gone": 1, "columns": [], "staleDataTolerance": "86400", "port": null}`)
	change := MetadataPatch{
		Set: metadataOf(t, `{"hostname": "new", "password": "secret"}`), Remove: []string{"gone", "columns", "never there"}, Numbers: []string{"staleDataTolerance", "port", "missing"},
	}
	got, err := json.Marshal(change.apply(current))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"hostname":"new","password":"secret","port":null,"staleDataTolerance":86400,"unknown":{"a":[1]}}`; string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
	if current.Text("hostname") != "old" || current["gone"] == nil {
		t.Errorf("the current metadata was changed: %s", current)
	}
}

func TestChangedSettings(t *testing.T) {
	t.Parallel()
	before := immuta.Settings{"name": "a", "catalogMetadata": map[string]string{"id": "1"}, "private": false, "category": "x"}
	after := immuta.Settings{"name": "a", "catalogMetadata": map[string]string{"id": "2"}, "private": false, "description": ""}
	want := immuta.Settings{"catalogMetadata": map[string]string{"id": "2"}, "description": ""}
	if diff := cmp.Diff(want, changedSettings(before, after)); diff != "" {
		t.Error(diff)
	}
	if got := changedSettings(after, after); len(got) > 0 {
		t.Errorf("changed without a change: %v", got)
	}
}

// TestComputedKeysAreLeftToImmuta: what only Immuta sets is neither sent nor, once it is unknown in a plan, removed from the handler.
func TestComputedKeysAreLeftToImmuta(t *testing.T) {
	t.Parallel()
	m := SQL{HighCardinalityColumn: types.StringValue("id"), Query: types.StringValue("select 1")}
	_, md, diags := sendAll(m.values(answer{}))
	if diags.HasError() || md.Text("query") != "select 1" || md["highCardinality"] != nil || md["columnsNormalized"] != nil {
		t.Errorf("%s is sent, %v", md, diags)
	}
}

// TestTableOfAQuery: Immuta may return a table for a source that is backed by a query, of which the configuration has none.
func TestTableOfAQuery(t *testing.T) {
	t.Parallel()
	for returned, want := range map[string]types.String{
		`{"schema": "SALES", "table": "V1", "query": "select 1"}`: types.StringNull(),
		`{"schema": "SALES", "table": "V1"}`:                      types.StringValue("V1"),
	} {
		var m SQL
		if diags := readAll(m.values(answer{handler: immuta.Handler{Metadata: metadataOf(t, returned)}})); diags.HasError() {
			t.Fatal(diags)
		}
		if !m.RemoteTable.Equal(want) {
			t.Errorf("%s: the table is %s, want %s", returned, m.RemoteTable, want)
		}
	}
}

// TestEveryAttributeIsMapped compares the schema of each technology with the values of its model: an attribute that is not
// among them would be accepted and never sent.
func TestEveryAttributeIsMapped(t *testing.T) {
	t.Parallel()
	elsewhere := []string{
		"id", "handler_id", "enabled", // by calls of their own
		"on_destroy", "deletion_protection", "timeouts", // not in Immuta
		"server", "additional_metadata", "schema_evolution", // objects of their own
	}
	for _, construct := range []func() resource.Resource{NewSnowflake, NewDatabricks, NewRedshift, NewTrino, NewAzureSynapse, NewS3, NewPostgreSQL} {
		var resp resource.SchemaResponse
		r := construct()
		r.Schema(t.Context(), resource.SchemaRequest{}, &resp)
		described, ok := r.(interface{ mappings() []mapping })
		if !ok {
			t.Fatalf("%T has no values", r)
		}
		declared, keys := map[string]bool{}, map[string]string{}
		for _, v := range described.mappings() {
			declared[v.at.String()] = true
			declared[v.at.Steps()[0].String()] = true
			for _, key := range []string{"setting " + v.setting, "metadata " + v.metadata} {
				if at := keys[key]; at != "" && !strings.HasSuffix(key, " ") {
					t.Errorf("%T: %s comes from both %s and %s", r, key, at, v.at)
				}
				keys[key] = v.at.String()
			}
		}
		for name := range resp.Schema.Attributes {
			if !declared[name] && !slices.Contains(elsewhere, name) {
				t.Errorf("%T: %s is in the schema and is never sent", r, name)
			}
		}
		server, _ := resp.Schema.Attributes["server"].(schema.SingleNestedAttribute)
		for name := range server.Attributes {
			if !declared["server."+name] && !strings.Contains(name, "_wo") {
				t.Errorf("%T: server.%s is in the schema and is never sent", r, name)
			}
		}
	}
}

func (r *Resource[M]) mappings() []mapping { return mappingsOf(r.d.Values(new(M), answer{})) }
