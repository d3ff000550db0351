package tf

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Known tells whether a value is there to be sent.
func Known(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }

// TextOrNull is the value of a text that is null when it is empty.
func TextOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// StringList makes a list of strings.
func StringList(texts []string) types.List {
	values := make([]attr.Value, 0, len(texts))
	for _, text := range texts {
		values = append(values, types.StringValue(text))
	}
	return types.ListValueMust(types.StringType, values)
}

// LenientText is null when the key is missing or null.
func LenientText[T ~string](l immuta.Lenient[T]) types.String {
	if l.Value == nil {
		return types.StringNull()
	}
	return types.StringValue(string(*l.Value))
}

// LenientBool is null when the key is missing or null.
func LenientBool(l immuta.Lenient[immuta.Bool]) types.Bool {
	if l.Value == nil {
		return types.BoolNull()
	}
	return types.BoolValue(bool(*l.Value))
}

// LenientTexts is null when the key is missing or null.
func LenientTexts[L ~[]immuta.Text](l immuta.Lenient[L]) types.List {
	if l.Value == nil {
		return types.ListNull(types.StringType)
	}
	return StringList(Each(l.Get(), func(text immuta.Text) string { return string(text) }))
}

// LenientJSON is null when the key is missing or null.
func LenientJSON(l immuta.Lenient[json.RawMessage]) jsontypes.Normalized {
	if l.Value == nil {
		return jsontypes.NewNormalizedNull()
	}
	return jsontypes.NewNormalizedValue(string(*l.Value))
}

// IntOrNull is the value of a number, such as an id, that is null when it is 0.
func IntOrNull(i immuta.Int) types.Int64 {
	if i == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(int64(i))
}

// IDText is an id as a text, null when it is 0. Terraform's messages show an id that is a text ("[id=88]"), and none that is a number.
func IDText[N ~int64](id N) types.String {
	if id == 0 {
		return types.StringNull()
	}
	return types.StringValue(strconv.FormatInt(int64(id), 10))
}

// IDNumber is the number of an [IDText]: null for any other text.
func IDNumber(id types.String) types.Int64 {
	number, err := strconv.ParseInt(id.ValueString(), 10, 64)
	if err != nil {
		return types.Int64Null()
	}
	return types.Int64Value(number)
}

// Each converts a list row by row. It is never null.
func Each[From, To any](rows []From, convert func(From) To) []To {
	out := make([]To, 0, len(rows))
	for _, row := range rows {
		out = append(out, convert(row))
	}
	return out
}

// Total is how many rows there are, if Immuta says so.
func Total[T any](rows immuta.Rows[T]) types.Int64 {
	if rows.Total == 0 && len(rows.Items) > 0 {
		return types.Int64Null()
	}
	return types.Int64Value(rows.Total)
}

// LenientInt is null when the key is missing or null.
func LenientInt(l immuta.Lenient[immuta.Int]) types.Int64 {
	if l.Value == nil {
		return types.Int64Null()
	}
	return types.Int64Value(int64(*l.Value))
}

// DistinctSet makes a set of the values, each once: Immuta may list something twice, and the framework decodes no set with equal
// elements.
func DistinctSet(elementType attr.Type, values []attr.Value) types.Set {
	distinct := make([]attr.Value, 0, len(values))
	for _, value := range values {
		if !slices.ContainsFunc(distinct, value.Equal) {
			distinct = append(distinct, value)
		}
	}
	return types.SetValueMust(elementType, distinct)
}

// Objects are the elements of a list or set of objects: none while it is null or unknown. Unlike decoding into structs, this cannot
// fail: the schema says what the elements are.
func Objects(collection interface{ Elements() []attr.Value }) []types.Object {
	return elements[types.Object](collection)
}

// Texts are the elements of a list or set of strings: none while it is null or unknown.
func Texts(collection interface{ Elements() []attr.Value }) []string {
	return Each(elements[types.String](collection), types.String.ValueString)
}

func elements[V attr.Value](collection interface{ Elements() []attr.Value }) []V {
	return Each(collection.Elements(), func(element attr.Value) V {
		value, _ := element.(V)
		return value
	})
}

// Attribute is an attribute of an object, of the name and type that the schema gives it. An object that is null or unknown as a
// whole has null attributes; the framework refuses one in a list if an attribute is required.
func Attribute[V attr.Value](object types.Object, name string) V {
	value, _ := object.Attributes()[name].(V)
	return value
}

// Instant reads a point in time. The same instant keeps the spelling that the model has; another one is written in the
// shortest way, which is how people write it too. What is not answered stays, unless it was expected to be. An instant that has
// no year of four digits in UTC, which RFC 3339 cannot write, keeps Immuta's spelling.
func Instant(prior timetypes.RFC3339, got immuta.Lenient[string]) timetypes.RFC3339 {
	at, ok := immuta.ParseTime(got.Get())
	if !ok {
		if got.Answered || prior.IsUnknown() {
			return timetypes.NewRFC3339Null()
		}
		return prior
	}
	if before, ok := TimeOf(prior); ok && before.Equal(at) {
		return prior
	}
	short, diags := timetypes.NewRFC3339Value(at.UTC().Format(time.RFC3339Nano))
	if diags.HasError() {
		// What immuta.ParseTime took is valid as it is.
		return timetypes.NewRFC3339ValueMust(got.Get())
	}
	return short
}

// TimeOf is the time that a known value stands for, however it is spelled.
func TimeOf(v timetypes.RFC3339) (time.Time, bool) {
	if v.IsNull() || v.IsUnknown() {
		return time.Time{}, false
	}
	at, diags := v.ValueRFC3339Time()
	return at, !diags.HasError()
}
