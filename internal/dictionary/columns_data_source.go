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

var _ datasource.DataSourceWithConfigure = (*columnsDataSource)(nil)

// defaultMaxResults is more than people look through, and one request. The API's own default is 10.
const defaultMaxResults = 1000

// NewColumnsDataSource is the data source immuta_dictionary_columns.
func NewColumnsDataSource() datasource.DataSource { return &columnsDataSource{} }

type columnsDataSource struct{ provider *tf.Provider }

type columnsModel struct {
	SearchText types.String `tfsdk:"search_text"`
	MaxResults types.Int64  `tfsdk:"max_results"`
	Columns    types.List   `tfsdk:"columns"`
}

func (d *columnsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "immuta_dictionary_columns"
}

func (d *columnsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Searches the names of columns over all dictionaries that the API key's user may see: to find where a kind of data is, before a policy or a tag is written for it.",
		Attributes: map[string]schema.Attribute{
			"search_text": schema.StringAttribute{MarkdownDescription: "Text that the names contain. Default: any.", Optional: true},
			"max_results": schema.Int64Attribute{
				MarkdownDescription: "How many names to answer at the most. Default: `1000`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"columns": schema.ListAttribute{MarkdownDescription: "Names of the columns, each once.", ElementType: types.StringType, Computed: true},
		},
	}
}

func (d *columnsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

func (d *columnsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m columnsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	const attempted = "Searching the columns of all dictionaries"
	client := d.provider.Known(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DataSourceTimeout)
	defer cancel()
	limit := int64(defaultMaxResults)
	if !m.MaxResults.IsNull() {
		limit = m.MaxResults.ValueInt64()
	}
	names, err := client.SearchColumns(ctx, m.SearchText.ValueString(), limit)
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, nil)
		return
	}
	m.Columns = tf.StringList(names)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
