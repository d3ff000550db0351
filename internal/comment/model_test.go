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
	text, number := types.StringValue, types.Int64Value
	for _, c := range []struct {
		prior  model
		answer string
		want   model
	}{
		{
			model{Body: text("Hello.\n"), AffectedColumn: text("a"), AssociatedQuery: number(3)},
			`{"id": "1", "author": "7", "body": "Hello.", "resolved": null, "createdAt": "c", "updatedAt": "u"}`,
			model{
				ID: text("1"), Body: text("Hello.\n"), AffectedColumn: text("a"), AssociatedQuery: number(3),
				Resolved: types.BoolValue(false), AuthorID: number(7), CreatedAt: text("c"), UpdatedAt: text("u"),
			},
		},
		{
			model{ParentID: number(4)},
			`{"id": 1, "author": {}, "body": "", "resolved": true, "parentId": 5, "affectedColumn": "b", "associatedQuery": "9"}`,
			model{
				ID: text("1"), Body: text(""), ParentID: number(5), AffectedColumn: text("b"), AssociatedQuery: number(9),
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
