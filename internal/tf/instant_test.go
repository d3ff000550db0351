package tf_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

func TestInstant(t *testing.T) {
	t.Parallel()
	answered := func(s string) immuta.Lenient[string] { return immuta.Lenient[string]{Answered: true, Value: &s} }
	null, missing := immuta.Lenient[string]{Answered: true}, immuta.Lenient[string]{}
	at, none, unread := timetypes.NewRFC3339ValueMust, timetypes.NewRFC3339Null(), timetypes.NewRFC3339Unknown()
	local := at("2027-01-01T02:00:00+02:00")
	for name, test := range map[string]struct {
		prior timetypes.RFC3339
		got   immuta.Lenient[string]
		want  timetypes.RFC3339
	}{
		"the same instant keeps its spelling":     {local, answered("2027-01-01T00:00:00.000Z"), local},
		"another one is written in the short way": {local, answered("2028-01-01T00:00:00.000Z"), at("2028-01-01T00:00:00Z")},
		"a new one too":                          {unread, answered("2027-01-01T00:00:00.000Z"), at("2027-01-01T00:00:00Z")},
		"fractions that say something stay":      {none, answered("2027-01-01T00:00:00.250Z"), at("2027-01-01T00:00:00.25Z")},
		"another zone becomes UTC":               {none, answered("2027-01-01T02:00:00+02:00"), at("2027-01-01T00:00:00Z")},
		"beyond the last year in UTC":            {local, answered("9999-12-31T23:00:00-02:00"), at("9999-12-31T23:00:00-02:00")},
		"before the first year in UTC":           {local, answered("0000-01-01T00:00:00+02:00"), at("0000-01-01T00:00:00+02:00")},
		"a zone that nobody lives in":            {local, answered("9999-12-31T23:00:00-24:60"), at("9999-12-31T23:00:00-24:60")},
		"null is null":                           {local, null, none},
		"what cannot be read is null":            {local, answered("tomorrow"), none},
		"what is not answered stays":             {local, missing, local},
		"what is not answered and was not known": {unread, missing, none},
		"what is not answered and is not there":  {none, missing, none},
	} {
		if got := tf.Instant(test.prior, test.got); !got.Equal(test.want) || got.ValueString() != test.want.ValueString() {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
