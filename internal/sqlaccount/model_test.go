package sqlaccount

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func TestFromAPI(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		prior string
		found immuta.SQLConnection
		want  model
	}{
		{"ada", immuta.SQLConnection{Username: "ADA", Host: "h", Port: 5432, Database: "d", SSLMode: "require"}, model{
			ID: types.StringValue("ada"), Username: types.StringValue("ada"), Host: types.StringValue("h"), Port: types.Int64Value(5432),
			Database: types.StringValue("d"), SSLMode: types.StringValue("require"),
		}},
		{"", immuta.SQLConnection{Username: "ada"}, model{ID: types.StringValue("ada"), Username: types.StringValue("ada")}},
	} {
		got := model{Username: types.StringValue(c.prior), Host: types.StringUnknown(), Port: types.Int64Unknown()}
		got.fromAPI(&c.found)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v is %+v, want %+v", c.found, got, c.want)
		}
	}
}
