package subscription

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func TestAccessFromAPI(t *testing.T) {
	t.Parallel()
	const unknown = "unknown"
	for name, c := range map[string]struct {
		state, expiration string // before; "" is null
		row               string
		want              accessModel
	}{
		"a role": {
			row:  `{"subscriptionId": 88, "profile": 12, "state": "owner", "approved": true, "createdAt": "a", "updatedAt": "b"}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("owner"), Approved: types.BoolValue(true), CreatedAt: types.StringValue("a"), UpdatedAt: types.StringValue("b")},
		},
		"a role that waits": {
			state: "owner", row: `{"subscriptionId": 88, "state": "owner", "approved": false}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("owner"), Approved: types.BoolValue(false)},
		},
		"pending keeps the role that was asked for": {
			state: "expert", row: `{"subscriptionId": 88, "state": "pending"}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("expert"), Approved: types.BoolValue(false)},
		},
		"pending, imported": {
			row:  `{"subscriptionId": 88, "state": "pending"}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("subscribed"), Approved: types.BoolValue(false)},
		},
		"the same expiration keeps its spelling": {
			state: "owner", expiration: "2099-01-01T01:00:00+01:00", row: `{"subscriptionId": 88, "state": "owner", "expiration": "2099-01-01T00:00:00.000Z"}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("owner"), Expiration: timetypes.NewRFC3339ValueMust("2099-01-01T01:00:00+01:00")},
		},
		"another expiration": {
			state: "owner", expiration: "2099-01-01T00:00:00Z", row: `{"subscriptionId": 88, "state": "owner", "expiration": "2098-01-01T00:00:00.000Z"}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("owner"), Expiration: timetypes.NewRFC3339ValueMust("2098-01-01T00:00:00Z")},
		},
		"an expiration that was taken away": {
			state: "owner", expiration: "2099-01-01T00:00:00Z", row: `{"subscriptionId": 88, "state": "owner", "expiration": null}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("owner")},
		},
		"an expiration that is not answered": {
			state: "owner", expiration: "2099-01-01T00:00:00Z", row: `{"subscriptionId": 88, "state": "owner"}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("owner"), Expiration: timetypes.NewRFC3339ValueMust("2099-01-01T00:00:00Z")},
		},
		"an expiration that was to be read": {
			state: "owner", expiration: unknown, row: `{"subscriptionId": 88, "state": "owner"}`,
			want: accessModel{ID: types.Int64Value(88), State: types.StringValue("owner")},
		},
		"no subscription": {
			state: "owner", row: `{"subscriptionId": null, "state": "subscribed"}`,
			want: accessModel{State: types.StringValue("subscribed")},
		},
		"an answer that says nothing": {state: "owner", row: `{}`, want: accessModel{State: types.StringValue("owner")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := accessModel{State: types.StringPointerValue(nil)}
			if c.state != "" {
				m.State = types.StringValue(c.state)
			}
			switch c.expiration {
			case "":
			case unknown:
				m.Expiration = timetypes.NewRFC3339Unknown()
			default:
				m.Expiration = timetypes.NewRFC3339ValueMust(c.expiration)
			}
			var row immuta.Member
			if err := json.Unmarshal([]byte(c.row), &row); err != nil {
				t.Fatal(err)
			}
			m.fromAPI(row)
			for what, equal := range map[string]bool{
				"id": m.ID.Equal(c.want.ID), "state": m.State.Equal(c.want.State), "expiration": m.Expiration.Equal(c.want.Expiration),
				"approved": m.Approved.Equal(c.want.Approved), "created_at": m.CreatedAt.Equal(c.want.CreatedAt), "updated_at": m.UpdatedAt.Equal(c.want.UpdatedAt),
			} {
				if !equal {
					t.Errorf("%s is wrong in %+v, want %+v", what, m, c.want)
				}
			}
		})
	}
}
