package handler

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// These are the rules by which an answer of Immuta becomes a value of the state. Each takes what the model held before,
// because what Immuta does not answer stays, and what means the same keeps its spelling.

// fullyKnown tells whether nothing in a value is unknown.
func fullyKnown(v attr.Value) bool {
	value, err := v.ToTerraformValue(context.Background())
	return err == nil && value.IsFullyKnown()
}

// clearableText reads a text that "" clears: null and "" are the same to Immuta and read as "".
func clearableText(prior types.String, got immuta.Lenient[immuta.Text]) types.String {
	if !got.Answered {
		return orNull(prior)
	}
	return types.StringValue(string(got.Get()))
}

// clearableInstant reads a point in time that "" clears: null reads as "". The same instant keeps its spelling.
func clearableInstant(prior types.String, got immuta.Lenient[string]) types.String {
	if !got.Answered {
		return orNull(prior)
	}
	read := tf.Instant(timetypes.RFC3339{StringValue: prior}, got)
	return types.StringValue(read.ValueString())
}

// shown reads a text that Immuta always has, and as it is.
func shown(_ types.String, got immuta.Lenient[immuta.Text]) types.String {
	return types.StringValue(string(got.Get()))
}

// told is a text that is part of every answer.
func told(text immuta.Text) immuta.Lenient[immuta.Text] {
	return immuta.Lenient[immuta.Text]{Answered: true, Value: &text}
}

// orNull keeps a known value; what Immuta was expected to tell and does not becomes null.
func orNull(prior types.String) types.String {
	if prior.IsUnknown() {
		return types.StringNull()
	}
	return prior
}

// optionalText reads an optional text of the handler: null and "" mean that there is none.
func optionalText(prior types.String, got immuta.Lenient[immuta.Text]) types.String {
	switch text := string(got.Get()); {
	case !got.Answered:
		return orNull(prior)
	case text == "" && prior.ValueString() != "", text == "" && prior.IsUnknown():
		return types.StringNull()
	case text == "":
		return prior
	default:
		return types.StringValue(text)
	}
}

// optionalBool and optionalInt read optional values.
func optionalBool(prior types.Bool, got immuta.Lenient[immuta.Bool]) types.Bool {
	switch {
	case got.Value != nil:
		return types.BoolValue(bool(*got.Value))
	case got.Answered || prior.IsUnknown():
		return types.BoolNull()
	default:
		return prior
	}
}

func optionalInt(prior types.Int64, got immuta.Lenient[immuta.Int]) types.Int64 {
	switch {
	case got.Value != nil:
		return types.Int64Value(int64(*got.Value))
	case got.Answered || prior.IsUnknown():
		return types.Int64Null()
	default:
		return prior
	}
}

// requiredBool and requiredInt read values that Immuta always has: null says nothing of them.
func requiredBool(prior types.Bool, got immuta.Lenient[immuta.Bool]) types.Bool {
	if got.Value == nil {
		return prior
	}
	return types.BoolValue(bool(*got.Value))
}

func requiredInt(prior types.Int64, got immuta.Lenient[immuta.Int]) types.Int64 {
	if got.Value == nil {
		return prior
	}
	return types.Int64Value(int64(*got.Value))
}

// sameCase reads an identifier that the remote platform may fold: a difference in case only keeps the state's spelling.
func sameCase(prior types.String, got immuta.Lenient[immuta.Text]) types.String {
	if got.Answered && strings.EqualFold(prior.ValueString(), string(got.Get())) && prior.ValueString() != "" {
		return prior
	}
	return optionalText(prior, got)
}

// sameCaseOfTable reads the table of a source that may be backed by a query, whose table stays null.
func sameCaseOfTable(prior types.String, got immuta.Lenient[immuta.Text]) types.String {
	if prior.IsNull() {
		return prior
	}
	return sameCase(prior, got)
}

func setBool(s map[string]any, key string, v types.Bool) {
	if tf.Known(v) {
		s[key] = v.ValueBool()
	}
}

// objectText reads a text of an object; "" when it is null.
func objectText(o types.Object, key string) string {
	text, ok := o.Attributes()[key].(types.String)
	if !ok {
		return ""
	}
	return text.ValueString()
}
