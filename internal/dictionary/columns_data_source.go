package dictionary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// defaultMaxResults is more than people look through, and one request. The API's own default is 10.
const defaultMaxResults = 1000

// NewColumnsDataSource is the data source immuta_dictionary_columns.
func NewColumnsDataSource() datasource.DataSource {
	return tf.DataSource[columnsModel]{
		Name:      "immuta_dictionary_columns",
		Schema:    columnsSchema,
		Attempted: func(*columnsModel) string { return "Searching the columns of all dictionaries" },
		Read:      readColumns,
	}.New()
}

type columnsModel struct {
	tf.ReadTimeout

	SearchText types.String `tfsdk:"search_text"`
	MaxResults types.Int64  `tfsdk:"max_results"`
	Columns    types.List   `tfsdk:"columns"`
}

func columnsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Searches the names of columns over all dictionaries that the API key's user may see: to find where a kind of " +
			"data is, before a policy or a tag is written for it.",
		Attributes: map[string]schema.Attribute{
			"search_text": tf.TextArgument("Text that the names contain. Default: any."),
			"max_results": schema.Int64Attribute{
				MarkdownDescription: "How many names to return at most. Default: `1000`. The answer comes in one request, however long.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"columns": tf.TextsAnswer("Names of the columns, each once."),
		},
	}
}

func readColumns(ctx context.Context, r *tf.Reading, m *columnsModel) error {
	limit := int64(defaultMaxResults)
	if !m.MaxResults.IsNull() {
		limit = m.MaxResults.ValueInt64()
	}
	names, err := r.Client.SearchColumns(ctx, m.SearchText.ValueString(), limit)
	m.Columns = tf.StringList(names)
	return err
}
