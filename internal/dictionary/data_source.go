package dictionary

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// NewDataSource is the data source immuta_data_dictionary.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct{ provider *tf.Provider }

type dataSourceModel struct {
	ID           types.Int64  `tfsdk:"id"`
	DataSourceID types.Int64  `tfsdk:"data_source_id"`
	Columns      types.List   `tfsdk:"columns"`
	Types        types.List   `tfsdk:"types"`
	CreatedAt    types.String `tfsdk:"created_at"`
	UpdatedAt    types.String `tfsdk:"updated_at"`
}

func (d *dataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "immuta_data_dictionary"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the dictionary of a data source: its columns as Immuta knows them, with all their tags, whoever added those.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the data source.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"id": schema.Int64Attribute{MarkdownDescription: "Id of the dictionary.", Computed: true},
			"columns": schema.ListNestedAttribute{
				MarkdownDescription: "The columns, in Immuta's order.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":          text("Name of the column."),
					"data_type":     text("Immuta's type of the column."),
					"remote_type":   text("The remote platform's own type."),
					"nullable":      schema.BoolAttribute{MarkdownDescription: "Whether the column may hold nulls; null if the tenant does not say.", Computed: true},
					"remote_column": text("Name of the column in the remote platform; null if the tenant does not say."),
					"description":   text("What the column holds; null if there is no description."),
					"tags": schema.SetNestedAttribute{
						MarkdownDescription: "Tags of the column.",
						Computed:            true,
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"name":   text("Full name of the tag."),
							"source": text("Where the tag comes from, such as `curated`."),
						}},
					},
				}},
			},
			"types":      schema.ListAttribute{MarkdownDescription: "The distinct data types among the columns.", ElementType: types.StringType, Computed: true},
			"created_at": text("When the dictionary was made (RFC 3339, UTC)."),
			"updated_at": text("When the dictionary was last changed (RFC 3339, UTC)."),
		},
	}
}

func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m dataSourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := m.DataSourceID.ValueInt64()
	attempted := fmt.Sprintf("Reading the dictionary of data source %d", id)
	client := d.provider.Known(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DataSourceTimeout)
	defer cancel()
	found, err := client.Dictionary(ctx, id)
	if immuta.IsNotFound(err) {
		resp.Diagnostics.AddAttributeError(path.Root("data_source_id"), "No such dictionary",
			fmt.Sprintf("%s failed: %v.\n\nThe data source does not exist, has no dictionary, or is not visible to the API key's user.", attempted, err))
		return
	}
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, nil)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, dataSourceFromAPI(id, found))...)
}

// dataSourceFromAPI answers everything there is, unlike the resource, which answers what it owns.
func dataSourceFromAPI(sourceID int64, d *immuta.Dictionary) dataSourceModel {
	var m model
	m.fromAPI(d)
	columns := m.list()
	for i, c := range d.Columns {
		tags := []attr.Value{}
		for _, t := range c.Tags() {
			if !bool(t.Deleted) {
				key := t.Key()
				tags = append(tags, types.ObjectValueMust(tagType.AttrTypes, map[string]attr.Value{
					"name": types.StringValue(key.Name), "source": types.StringValue(key.Source),
				}))
			}
		}
		columns[i].Tags = types.SetValueMust(tagType, tags)
	}
	return dataSourceModel{
		ID: m.ID, DataSourceID: types.Int64Value(sourceID), Columns: columnList(columns), Types: m.Types, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}
