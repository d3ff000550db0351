package subscription

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func TestAccessFromAPI(t *testing.T) {
	t.Parallel()
	id, text, yes, no := types.StringValue("88"), types.StringValue, types.BoolValue(true), types.BoolValue(false)
	local := timetypes.NewRFC3339ValueMust("2099-01-01T01:00:00+01:00")
	for name, c := range map[string]struct {
		prior accessModel
		row   string
		want  accessModel
	}{
		"a role": {
			accessModel{},
			`{"subscriptionId": 88, "profile": 12, "state": "owner", "approved": true, "createdAt": "a", "updatedAt": "b"}`,
			accessModel{ID: id, Role: text("owner"), Approved: yes, CreatedAt: text("a"), UpdatedAt: text("b")},
		},
		"a role that waits": {
			accessModel{Role: text("owner")}, `{"subscriptionId": 88, "state": "owner", "approved": false}`,
			accessModel{ID: id, Role: text("owner"), Approved: no},
		},
		"pending keeps the role that was asked for": {
			accessModel{Role: text("expert")}, `{"subscriptionId": 88, "state": "pending"}`,
			accessModel{ID: id, Role: text("expert"), Approved: no},
		},
		"pending, imported": {
			accessModel{}, `{"subscriptionId": 88, "state": "pending"}`, accessModel{ID: id, Role: text("subscribed"), Approved: no},
		},
		"the same expiration keeps its spelling": {
			accessModel{Role: text("owner"), Expiration: local},
			`{"subscriptionId": 88, "state": "owner", "expiration": "2099-01-01T00:00:00.000Z"}`,
			accessModel{ID: id, Role: text("owner"), Expiration: local},
		},
		"no subscription": {
			accessModel{Role: text("owner")}, `{"subscriptionId": null, "state": "subscribed"}`, accessModel{Role: text("subscribed")},
		},
		"an answer that says nothing": {accessModel{Role: text("owner")}, `{}`, accessModel{Role: text("owner")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var row immuta.Member
			if err := json.Unmarshal([]byte(c.row), &row); err != nil {
				t.Fatal(err)
			}
			got := c.prior
			if got.fromAPI(row); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
