package handler

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func answered[T any](v T) immuta.Lenient[T] { return immuta.Lenient[T]{Answered: true, Value: &v} }

func answeredNull[T any]() immuta.Lenient[T] { return immuta.Lenient[T]{Answered: true} }

func missing[T any]() immuta.Lenient[T] { return immuta.Lenient[T]{} }

// TestConversions takes over answers, given what the model held before.
func TestConversions(t *testing.T) {
	t.Parallel()
	none, unknown, empty := types.StringNull(), types.StringUnknown(), types.StringValue("")
	some, other, size := types.StringValue("Some"), types.StringValue("Other"), types.StringValue("Größe")
	yes, one := types.BoolValue(true), types.Int64Value(1)
	type text = immuta.Text
	port := func(prior types.Int64, got string) types.Int64 {
		a := answer{}
		if got != "" {
			a.handler.Metadata = immuta.Metadata{"port": json.RawMessage(got)}
		}
		if diags := intDefault(metadata("port", "port"), &prior, 443, a).read(); diags.HasError() {
			t.Error(diags)
		}
		return prior
	}
	for name, test := range map[string]struct{ got, want attr.Value }{
		"clearable: a value":                               {clearableText(some, answered[text]("Other")), other},
		"clearable: null is the empty text":                {clearableText(some, answeredNull[text]()), empty},
		"clearable: null where null was":                   {clearableText(none, answeredNull[text]()), empty},
		"clearable: the empty text":                        {clearableText(empty, answered[text]("")), empty},
		"clearable: what is not answered stays":            {clearableText(some, missing[text]()), some},
		"clearable: what is not answered was not known":    {clearableText(unknown, missing[text]()), none},
		"clearable: what is not answered is still nothing": {clearableText(none, missing[text]()), none},

		"optional: a value":                            {optionalText(some, answered[text]("Other")), other},
		"optional: null is nothing":                    {optionalText(some, answeredNull[text]()), none},
		"optional: the empty text is nothing":          {optionalText(some, answered[text]("")), none},
		"optional: null keeps the empty text":          {optionalText(empty, answeredNull[text]()), empty},
		"optional: null keeps nothing":                 {optionalText(none, answeredNull[text]()), none},
		"optional: null was not known":                 {optionalText(unknown, answeredNull[text]()), none},
		"optional: the empty text was not known":       {optionalText(unknown, answered[text]("")), none},
		"optional: what is not answered stays":         {optionalText(some, missing[text]()), some},
		"optional: what is not answered was not known": {optionalText(unknown, missing[text]()), none},

		"a truth":                    {optionalBool(yes, answered[immuta.Bool](false)), types.BoolValue(false)},
		"a null":                     {optionalBool(yes, answeredNull[immuta.Bool]()), types.BoolNull()},
		"no answer":                  {optionalBool(yes, missing[immuta.Bool]()), yes},
		"no answer to what was open": {optionalBool(types.BoolUnknown(), missing[immuta.Bool]()), types.BoolNull()},
		"a number":                   {optionalInt(one, answered[immuta.Int](0)), types.Int64Value(0)},
		"a null number":              {optionalInt(one, answeredNull[immuta.Int]()), types.Int64Null()},
		"no number":                  {optionalInt(one, missing[immuta.Int]()), one},
		"no number, but expected":    {optionalInt(types.Int64Unknown(), missing[immuta.Int]()), types.Int64Null()},

		"the default is shown":       {port(types.Int64Null(), "443"), types.Int64Value(443)},
		"so is another value":        {port(types.Int64Null(), "8443"), types.Int64Value(8443)},
		"drift to the default":       {port(types.Int64Value(8443), "443"), types.Int64Value(443)},
		"null keeps what was there":  {port(types.Int64Value(8443), "null"), types.Int64Value(8443)},
		"nothing is the default":     {port(types.Int64Null(), ""), types.Int64Value(443)},
		"and so is null":             {port(types.Int64Null(), "null"), types.Int64Value(443)},
		"also where it was expected": {port(types.Int64Unknown(), ""), types.Int64Value(443)},

		"a difference in case keeps the spelling": {sameCase(some, answered[text]("SOME")), some},
		"another name is drift":                   {sameCase(some, answered[text]("Other")), other},
		"a first name":                            {sameCase(none, answered[text]("SOME")), types.StringValue("SOME")},
		"an open name":                            {sameCase(unknown, answered[text]("SOME")), types.StringValue("SOME")},
		"no name":                                 {sameCase(some, answeredNull[text]()), none},
		"a name that is not answered":             {sameCase(some, missing[text]()), some},
		"letters beyond ASCII":                    {sameCase(size, answered[text]("GRÖßE")), size},
	} {
		if !test.got.Equal(test.want) {
			t.Errorf("%s: %s, want %s", name, test.got, test.want)
		}
	}
}
