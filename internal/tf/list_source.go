package tf

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Lists of Immuta's data sources, and of what each of them has one of.

// SourceFilter is the arguments of such a list: see [SourceFilters].
type SourceFilter struct {
	SearchText       types.String `tfsdk:"search_text"`
	Schema           types.String `tfsdk:"schema"`
	Tag              []string     `tfsdk:"tag"`
	Status           []string     `tfsdk:"status"`
	ConnectionString types.String `tfsdk:"connection_string"`
	Hostname         types.String `tfsdk:"hostname"`
}

// SourceFilters are the attributes of a [SourceFilter].
func SourceFilters() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description, Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		}
	}
	texts := func(description string, each validator.String) schema.ListAttribute {
		return schema.ListAttribute{
			MarkdownDescription: description, ElementType: types.StringType, Optional: true,
			Validators: []validator.List{listvalidator.NoNullValues(), listvalidator.ValueStringsAre(each)},
		}
	}
	return map[string]schema.Attribute{
		"search_text":       text("Text to look for in the names of the data sources, and elsewhere in them."),
		"schema":            text("Name of the schema."),
		"connection_string": text("Connection as Immuta writes it: `user@hostname:port/database`."),
		"hostname":          text("Host name of the remote platform."),
		"tag": texts("Full names of tags on the data source, such as `Team.Finance`. One of them has to be there.",
			stringvalidator.LengthAtLeast(1)),
		"status": texts("Health: `passed` or `failed`.", stringvalidator.OneOf("passed", "failed")),
	}
}

// Search is what the arguments ask for.
func (f *SourceFilter) Search() immuta.Search {
	s := immuta.Search{
		Text: f.SearchText.ValueString(), Schema: f.Schema.ValueString(), Hostname: f.Hostname.ValueString(),
		Tags: f.Tag, Statuses: f.Status,
	}
	if connection := f.ConnectionString.ValueString(); connection != "" {
		s.ConnectionStrings = []string{connection}
	}
	return s
}

// SourceTitle is what people know a data source by: "Sales Orders (Snowflake, disabled)".
func SourceTitle(row immuta.SourceRow) string {
	title := fmt.Sprintf("%s (%s", row.Name, row.Technology)
	if row.Deleted.Get() {
		title += ", disabled"
	}
	return title + ")"
}
