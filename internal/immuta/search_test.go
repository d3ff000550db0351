package immuta_test

import (
	"encoding/json"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func TestSearchFits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		search immuta.Search
		row    string
		want   bool
	}{
		{immuta.Search{}, `{}`, true},
		{immuta.Search{Technologies: []string{"Snowflake"}}, `{"blobHandlerType": "snowflake"}`, true},
		{immuta.Search{Technologies: []string{"Snowflake"}}, `{"blobHandlerType": "Trino"}`, false},
		{immuta.Search{Technologies: []string{"Snowflake"}}, `{}`, true},
		{immuta.Search{Statuses: []string{"passed", "failed"}}, `{"status": "failed"}`, true},
		{immuta.Search{Statuses: []string{"passed"}}, `{"status": "failed"}`, false},
		{immuta.Search{Statuses: []string{"passed"}}, `{"status": null}`, true},
		{immuta.Search{ConnectionStrings: []string{"u@h:443/DB"}}, `{"connectionString": "U@h:443/db"}`, true},
		{immuta.Search{ConnectionStrings: []string{"u@h:443/DB"}}, `{"connectionString": "u@h:443/OTHER"}`, false},
		{immuta.Search{Hostname: "h.example.com"}, `{"connectionString": "ada@example.com@H.example.com:443/DB"}`, true},
		{immuta.Search{Hostname: "h.example.com"}, `{"connectionString": "u@other.example.com:443/DB"}`, false},
		{immuta.Search{Hostname: "h.example.com"}, `{"connectionString": "of another form"}`, true},
		{immuta.Search{Hostname: "h.example.com"}, `{"connectionString": "u@h/DB"}`, true},
		{immuta.Search{Schema: "sales"}, `{"sqlSchemaName": "x", "remoteSchema": "SALES_2026"}`, true},
		{immuta.Search{Schema: "sales"}, `{"sqlSchemaName": "x", "remoteSchema": "y"}`, false},
		{immuta.Search{Schema: "sales"}, `{"sqlSchemaName": "x"}`, true},
		{immuta.Search{Schema: "sales"}, `{"remoteSchema": "x"}`, true},
	} {
		var row immuta.SourceRow
		if err := json.Unmarshal([]byte(test.row), &row); err != nil {
			t.Fatal(err)
		}
		if got := test.search.Fits(row); got != test.want {
			t.Errorf("%+v: %s fits: %t", test.search, test.row, got)
		}
	}
}
