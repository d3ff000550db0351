package fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestDictionary(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, _ := c.create(nil)
	path := fmt.Sprintf("/dictionary/%d", id)
	column := func(name string, more object) object {
		return with(object{"name": name, "dataType": "text", "remoteType": "varchar"}, more)
	}

	// A create has looked at the remote table.
	got := c.do("GET", path, nil, http.StatusOK)
	columns, _ := got.object()["metadata"].([]any)
	if got.number("dataSource") != id || len(columns) != 3 || !strings.Contains(string(got.body), `"remoteColumn":"id"`) {
		t.Errorf("unexpected dictionary: %s", got.body)
	}
	c.do("POST", path, object{"metadata": []any{column("a", nil)}}, http.StatusBadRequest)

	// PUT replaces the list, loses what is left out, and tolerates the whole object.
	whole := got.object()
	whole["metadata"] = []any{
		column("a", object{"tags": []any{object{"name": "PII", "source": "curated"}}, "description": "first", "nullable": false}),
		column("b", object{"dataType": "integer"}),
	}
	put := c.do("PUT", path, whole, http.StatusOK)
	if put.number("id") != got.number("id") || put.text("createdAt") != got.text("createdAt") || put.text("updatedAt") == got.text("updatedAt") {
		t.Errorf("unexpected answer: %s", put.body)
	}
	for _, want := range []string{
		`"types":["text","integer"]`, `"remoteColumn":null`, `"description":"first"`, `"tags":[{"name":"PII","source":"curated","deleted":false}]`,
	} {
		if !strings.Contains(string(put.body), want) {
			t.Errorf("%s is not in %s", want, put.body)
		}
	}
	for _, wrong := range []object{
		{"metadata": []any{object{"name": "a", "dataType": "text"}}},
		{"metadata": []any{column("a", nil), column("a", nil)}},
		{"metadata": []any{column("a", object{"type": "x"})}},
		{"columns": []any{}},
		{},
	} {
		c.do("PUT", path, wrong, http.StatusBadRequest)
	}

	if got := c.do("DELETE", path, nil, http.StatusOK); string(got.body) != "{}" {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("GET", path, nil, http.StatusNotFound)
	c.do("DELETE", path, nil, http.StatusNotFound)
	c.do("PUT", path, whole, http.StatusNotFound)
	created := c.do("POST", path, object{"metadata": []any{column("c", nil)}}, http.StatusOK)
	if created.number("id") == got.number("id") {
		t.Error("a new dictionary has the id of the old one")
	}

	c.tenant.UpdateDictionary(id, func(d *fake.Dictionary) { d.Columns[0].Name = "home_address" })
	if d, ok := c.tenant.Dictionary(id); !ok || d.Columns[0].Name != "home_address" {
		t.Errorf("unexpected dictionary: %+v", d)
	}
	c.tenant.AddSource(fake.SourceSpec{})
	for query, want := range map[string]string{
		"?searchText=ADDRESS": `[{"columnName":"home_address"}]`,
		"?limit=2":            `[{"columnName":"created_at"},{"columnName":"home_address"}]`,
		"?searchText=nothing": `[]`,
	} {
		if got := c.do("GET", "/dictionary/columns"+query, nil, http.StatusOK); string(got.body) != want {
			t.Errorf("%s finds %s", query, got.body)
		}
	}
	c.tenant.DeleteDictionary(id)
	c.do("GET", path, nil, http.StatusNotFound)
	c.do("GET", "/dictionary/1", nil, http.StatusNotFound)
}
