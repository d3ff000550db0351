package dictionary_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestProtocolDataSourceAnswersAllTags(t *testing.T) {
	w := newWorld(t)
	w.addTags("id", fake.ColumnTag{Name: "Discovered.PII", Source: "system"}, fake.ColumnTag{Name: "Gone", Source: "curated", Deleted: true})
	state := w.Answered("immuta_data_dictionary", map[string]any{"data_source_id": w.Source})
	w.WantCalls("GET /dictionary/*")
	acctest.WantAttributes(t, state, map[string]any{
		"data_source_id": int64(w.Source), "columns.0.name": "id", "columns.0.data_type": "integer", "columns.0.nullable": false,
		"columns.0.tags.0.name": "Discovered.PII", "columns.0.tags.0.source": "system", "columns.0.tags.1": nil, "types.0": "integer",
	})
}

func TestProtocolDataSourceAnswersNullForWhatTheTenantDoesNotSay(t *testing.T) {
	w := newWorld(t)
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
		d.Columns = []fake.Column{{Name: "bare", DataType: "text", RemoteType: "varchar"}}
	})
	state := w.Answered("immuta_data_dictionary", map[string]any{"data_source_id": w.Source})
	for _, at := range []string{"columns.0.nullable", "columns.0.remote_column", "columns.0.description"} {
		if got := acctest.Get(state, at); got != nil {
			t.Errorf("%s is %v, want null", at, got)
		}
	}
	acctest.WantAttributes(t, state, map[string]any{"columns.0.tags": []any{}})
}

func TestProtocolDataSourceErrors(t *testing.T) {
	w := newWorld(t)
	w.TryRead("immuta_data_dictionary", map[string]any{"data_source_id": 4711}).WantErrorAt(t, "data_source_id", "Reading the dictionary of data source 4711 failed", "Check the id")
	w.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dictionary/*", Status: 403, Message: "not yours"})
	w.TryRead("immuta_data_dictionary", map[string]any{"data_source_id": w.Source}).WantError(t, "Reading the dictionary", "not yours")
}

func TestProtocolColumnSearch(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		config map[string]any
		query  string
		want   []any
	}{
		{map[string]any{"search_text": "A"}, "limit=1000&searchText=A", []any{"created_at", "name"}},
		{map[string]any{"search_text": "100% of it/that"}, "limit=1000&searchText=100%25+of+it%2Fthat", []any{}},
		{map[string]any{"max_results": 1}, "limit=1", []any{"created_at"}},
	} {
		w.Tenant.ResetJournal()
		state := w.Answered("immuta_dictionary_columns", test.config)
		if got := w.Tenant.Journal()[0].RawQuery; got != test.query {
			t.Errorf("query is %s, want %s", got, test.query)
		}
		acctest.WantAttributes(t, state, map[string]any{"columns": test.want})
	}
	w.TryRead("immuta_dictionary_columns", map[string]any{"max_results": 0}).WantError(t, "max_results")
}
