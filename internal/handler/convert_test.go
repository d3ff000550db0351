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

var (
	noText, unknownText, emptyText = types.StringNull(), types.StringUnknown(), types.StringValue("")
	someText, otherText            = types.StringValue("Some"), types.StringValue("Other")
)

// A conversion is what a rule makes of an answer, given what the model held before.
type conversion struct{ got, want attr.Value }

func check(t *testing.T, conversions map[string]conversion) {
	t.Helper()
	for name, c := range conversions {
		if !c.got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
}

func TestClearableText(t *testing.T) {
	t.Parallel()
	check(t, map[string]conversion{
		"a value":                               {clearableText(someText, answered[immuta.Text]("Other")), otherText},
		"null is the empty text":                {clearableText(someText, answeredNull[immuta.Text]()), emptyText},
		"null where null was":                   {clearableText(noText, answeredNull[immuta.Text]()), emptyText},
		"the empty text":                        {clearableText(emptyText, answered[immuta.Text]("")), emptyText},
		"what is not answered stays":            {clearableText(someText, missing[immuta.Text]()), someText},
		"what is not answered was not known":    {clearableText(unknownText, missing[immuta.Text]()), noText},
		"what is not answered is still nothing": {clearableText(noText, missing[immuta.Text]()), noText},
	})
}

func TestKeptString(t *testing.T) {
	t.Parallel()
	check(t, map[string]conversion{
		"a value":                            {optionalText(someText, answered[immuta.Text]("Other")), otherText},
		"null is nothing":                    {optionalText(someText, answeredNull[immuta.Text]()), noText},
		"the empty text is nothing":          {optionalText(someText, answered[immuta.Text]("")), noText},
		"null keeps the empty text":          {optionalText(emptyText, answeredNull[immuta.Text]()), emptyText},
		"null keeps nothing":                 {optionalText(noText, answeredNull[immuta.Text]()), noText},
		"null was not known":                 {optionalText(unknownText, answeredNull[immuta.Text]()), noText},
		"the empty text was not known":       {optionalText(unknownText, answered[immuta.Text]("")), noText},
		"what is not answered stays":         {optionalText(someText, missing[immuta.Text]()), someText},
		"what is not answered was not known": {optionalText(unknownText, missing[immuta.Text]()), noText},
	})
}

func TestKeptBoolAndInt(t *testing.T) {
	t.Parallel()
	yes, one := types.BoolValue(true), types.Int64Value(1)
	check(t, map[string]conversion{
		"a truth":                    {optionalBool(yes, answered[immuta.Bool](false)), types.BoolValue(false)},
		"a null":                     {optionalBool(yes, answeredNull[immuta.Bool]()), types.BoolNull()},
		"no answer":                  {optionalBool(yes, missing[immuta.Bool]()), yes},
		"no answer to what was open": {optionalBool(types.BoolUnknown(), missing[immuta.Bool]()), types.BoolNull()},
		"a number":                   {optionalInt(one, answered[immuta.Int](0)), types.Int64Value(0)},
		"a null number":              {optionalInt(one, answeredNull[immuta.Int]()), types.Int64Null()},
		"no number":                  {optionalInt(one, missing[immuta.Int]()), one},
		"no number, but expected":    {optionalInt(types.Int64Unknown(), missing[immuta.Int]()), types.Int64Null()},
	})
}

func TestDefaultsAreVisible(t *testing.T) {
	t.Parallel()
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
	check(t, map[string]conversion{
		"the default is shown":       {port(types.Int64Null(), "443"), types.Int64Value(443)},
		"so is another value":        {port(types.Int64Null(), "8443"), types.Int64Value(8443)},
		"another value is drift":     {port(types.Int64Value(8443), "443"), types.Int64Value(443)},
		"null keeps what was there":  {port(types.Int64Value(8443), "null"), types.Int64Value(8443)},
		"nothing is the default":     {port(types.Int64Null(), ""), types.Int64Value(443)},
		"and so is null":             {port(types.Int64Null(), "null"), types.Int64Value(443)},
		"also where it was expected": {port(types.Int64Unknown(), ""), types.Int64Value(443)},
	})
}

func TestSameCase(t *testing.T) {
	t.Parallel()
	check(t, map[string]conversion{
		"a difference in case keeps the spelling": {sameCase(someText, answered[immuta.Text]("SOME")), someText},
		"another name is drift":                   {sameCase(someText, answered[immuta.Text]("Other")), otherText},
		"a first answer":                          {sameCase(noText, answered[immuta.Text]("SOME")), types.StringValue("SOME")},
		"an open one":                             {sameCase(unknownText, answered[immuta.Text]("SOME")), types.StringValue("SOME")},
		"nothing":                                 {sameCase(someText, answeredNull[immuta.Text]()), noText},
		"no answer":                               {sameCase(someText, missing[immuta.Text]()), someText},
		"letters beyond ASCII":                    {sameCase(types.StringValue("Größe"), answered[immuta.Text]("GRÖßE")), types.StringValue("Größe")},
	})
}
