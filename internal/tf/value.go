package tf

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// DataSourceTimeout bounds the read of a data source, which has no timeouts attribute.
const DataSourceTimeout = 2 * time.Minute

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
func LenientText(l immuta.Lenient[string]) types.String { return types.StringPointerValue(l.Value) }

// LenientBool is null when the key is missing or null.
func LenientBool(l immuta.Lenient[immuta.Bool]) types.Bool {
	if l.Value == nil {
		return types.BoolNull()
	}
	return types.BoolValue(bool(*l.Value))
}

// LenientInt is null when the key is missing or null.
func LenientInt(l immuta.Lenient[immuta.Int]) types.Int64 {
	if l.Value == nil {
		return types.Int64Null()
	}
	return types.Int64Value(int64(*l.Value))
}
