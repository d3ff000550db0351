package comment

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func TestFromAPI(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		prior  model
		answer string
		want   model
	}{
		{
			model{Body: types.StringValue("Hello.\n"), AffectedColumn: types.StringValue("a"), AssociatedQuery: types.Int64Value(3)},
			`{"id": "1", "author": "7", "body": "Hello.", "resolved": null, "createdAt": "c", "updatedAt": "u"}`,
			model{
				ID: types.Int64Value(1), Body: types.StringValue("Hello.\n"), AffectedColumn: types.StringValue("a"), AssociatedQuery: types.Int64Value(3),
				Resolved: types.BoolValue(false), AuthorID: types.Int64Value(7), CreatedAt: types.StringValue("c"), UpdatedAt: types.StringValue("u"),
			},
		},
		{
			model{Body: types.StringNull(), ParentID: types.Int64Value(4)},
			`{"id": 1, "author": {}, "body": "", "resolved": true, "parentId": 5, "affectedColumn": "b", "associatedQuery": "9"}`,
			model{
				ID: types.Int64Value(1), Body: types.StringValue(""), ParentID: types.Int64Value(5), AffectedColumn: types.StringValue("b"), AssociatedQuery: types.Int64Value(9),
				Resolved: types.BoolValue(true),
			},
		},
	} {
		var found immuta.Comment
		if err := json.Unmarshal([]byte(c.answer), &found); err != nil {
			t.Fatal(err)
		}
		got := c.prior
		got.fromAPI(&found)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s is %+v, want %+v", c.answer, got, c.want)
		}
	}
}
