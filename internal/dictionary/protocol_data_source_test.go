package dictionary_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const searchType = "immuta_dictionary_columns"

// answered is what the data source says of the dictionary.
func (w world) answered() tftypes.Value {
	w.t.Helper()
	return w.Answered("immuta_data_dictionary", attrs{"data_source_id": w.Source})
}

func TestProtocolDataSourceAnswersAllTags(t *testing.T) {
	w := newWorld(t)
	w.addTags("id", fake.ColumnTag{Name: "Discovered.PII", Source: "system"}, fake.ColumnTag{Name: "Gone", Source: "curated", Deleted: true})
	state := w.answered()
	w.WantCalls("GET /dictionary/*")
	acctest.WantAttributes(t, state, attrs{
		"data_source_id": w.Source, "columns.0.name": "id", "columns.0.data_type": "integer", "columns.0.nullable": false,
		"columns.0.tags.0.name": "Discovered.PII", "columns.0.tags.0.source": "system", "columns.0.tags.1": nil, "types.0": "integer",
	})
}

func TestProtocolDataSourceAnswersNullForWhatTheTenantDoesNotSay(t *testing.T) {
	w := newWorld(t)
	w.Tenant.UpdateDictionary(w.Source, func(d *fake.Dictionary) {
		d.Columns = []fake.Column{{Name: "bare", DataType: "text", RemoteType: "varchar"}}
	})
	acctest.WantAttributes(t, w.answered(), attrs{
		"columns.0.nullable": nil, "columns.0.remote_column": nil, "columns.0.description": nil, "columns.0.tags": []any{},
	})
}

func TestProtocolColumnSearch(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		config attrs
		query  string
		want   []any
	}{
		{attrs{"search_text": "A"}, "limit=1000&searchText=A", []any{"created_at", "name"}},
		{attrs{"search_text": "100% of it/that"}, "limit=1000&searchText=100%25+of+it%2Fthat", []any{}},
		{attrs{"max_results": 1}, "limit=1", []any{"created_at"}},
	} {
		w.Tenant.ResetJournal()
		state := w.Answered(searchType, test.config)
		if got := w.Tenant.Journal()[0].RawQuery; got != test.query {
			t.Errorf("query is %s, want %s", got, test.query)
		}
		acctest.WantAttributes(t, state, attrs{"columns": test.want})
	}
	w.TryRead(searchType, attrs{"max_results": 0}).WantError(t, "max_results")
	const twice = `[{"columnName": "b"}, {"columnName": "a"}, "b", {"columnName": "b"}]`
	w.Tenant.Fault(fake.Fault{Path: "/dictionary/columns", Status: 200, Body: twice})
	acctest.WantAttributes(t, w.Restarted().Answered(searchType, nil), attrs{"columns": []any{"b", "a"}})
}
