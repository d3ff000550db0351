package tf

import (
	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Attributes of data sources. An argument is what the user may give, an answer is what is read.

// DataSourceIDArgument is the id of the Immuta data source that is asked about.
func DataSourceIDArgument() schema.Int64Attribute { return RequiredID("Id of the data source.") }

// RequiredID is an id that must be given.
func RequiredID(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Required: true, Validators: []validator.Int64{int64validator.AtLeast(1)}}
}

// IDArgument is an id that may be given.
func IDArgument(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)}}
}

// MaxResultsArgument ends a list early.
func MaxResultsArgument() schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: "How many rows to read at most. Default: all of them. Pages are read one after the other, and no further than " +
			"needed.",
		Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
	}
}

// RequiredPathName is a name that must be given and can be part of a path.
func RequiredPathName(description string) schema.StringAttribute {
	attribute := RequiredText(description)
	attribute.Validators = append(attribute.Validators, PathName())
	return attribute
}

// RequiredText is a text that must be given and not be empty.
func RequiredText(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Required: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
}

// TextArgument is a text that may be given.
func TextArgument(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true, Validators: validators}
}

// WordArgument is a text that may be given, if it is one of some words.
func WordArgument(description string, words ...string) schema.StringAttribute {
	return TextArgument(description, stringvalidator.OneOf(words...))
}

// BoolArgument is a boolean that may be given.
func BoolArgument(description string, validators ...validator.Bool) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description, Optional: true, Validators: validators}
}

// TextsArgument is a set of texts, of which none is empty, that may be given.
func TextsArgument(description string, validators ...validator.String) schema.SetAttribute {
	each := append([]validator.String{stringvalidator.LengthAtLeast(1)}, validators...)
	return schema.SetAttribute{
		MarkdownDescription: description, ElementType: types.StringType, Optional: true,
		Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(each...)},
	}
}

// WordsArgument is a set of some of these words that may be given.
func WordsArgument(description string, words ...string) schema.SetAttribute {
	return TextsArgument(description, stringvalidator.OneOf(words...))
}

// IDsArgument is a set of ids that may be given.
func IDsArgument(description string) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: description, ElementType: types.Int64Type, Optional: true,
		Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueInt64sAre(int64validator.AtLeast(1))},
	}
}

// SortOrderArgument is the direction of an order.
func SortOrderArgument() schema.StringAttribute {
	return WordArgument("Direction of the order: `asc` or `desc`.", "asc", "desc")
}

// TextAnswer is a text that is read.
func TextAnswer(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true}
}

// TextsAnswer is a list of texts that is read.
func TextsAnswer(description string) schema.ListAttribute {
	return schema.ListAttribute{MarkdownDescription: description, ElementType: types.StringType, Computed: true}
}

// NumberAnswer is a number that is read.
func NumberAnswer(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
}

// BoolAnswer is a boolean that is read.
func BoolAnswer(description string) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
}

// JSONAnswer is what is read and has no attributes of its own.
func JSONAnswer(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description + " As JSON: read it with `jsondecode`.",
		CustomType:          jsontypes.NormalizedType{}, Computed: true,
	}
}

// TotalAnswer is how many rows a list has.
func TotalAnswer(description string) schema.Int64Attribute {
	return NumberAnswer(description + " With `max_results`, this may be more than are listed.")
}

// ObjectAnswer is an object that is read.
func ObjectAnswer(description string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{MarkdownDescription: description, Attributes: attributes, Computed: true}
}

// ListAnswer is a list of objects that is read.
func ListAnswer(description string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: description, Computed: true,
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// DefaultMaxBytes is how much content goes into a state unless more is wanted: a state is read and written as a whole, all the time.
const DefaultMaxBytes = 1 << 20

// maxBytes is what the argument is called everywhere, for errors.
const maxBytes = "max_bytes"

// MaxBytesArgument bounds content that is read. It is called max_bytes.
func MaxBytesArgument() schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: "How many bytes to read at most; more is an error. Default: `1048576` (1 MiB). All of it goes into the state.",
		Optional:            true, Validators: []validator.Int64{int64validator.Between(1, 64<<20)},
	}
}

// MaxBytes is the argument's value.
func MaxBytes(argument types.Int64) int64 {
	if argument.IsNull() {
		return DefaultMaxBytes
	}
	return argument.ValueInt64()
}
