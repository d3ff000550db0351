package tf

import (
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
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
