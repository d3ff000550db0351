package dictionary

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDataSource is the data source immuta_data_dictionary.
func NewDataSource() datasource.DataSource {
	return tf.DataSource[dataSourceModel]{
		Name:   "immuta_data_dictionary",
		Schema: dataSourceSchema,
		Attempted: func(m *dataSourceModel) string {
			return fmt.Sprintf("Reading the dictionary of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readDataSource,
	}.New()
}

type dataSourceModel struct {
	tf.ReadTimeout

	ID           types.Int64  `tfsdk:"id"`
	DataSourceID types.Int64  `tfsdk:"data_source_id"`
	Columns      types.List   `tfsdk:"columns"`
	Types        types.List   `tfsdk:"types"`
	CreatedAt    types.String `tfsdk:"created_at"`
	UpdatedAt    types.String `tfsdk:"updated_at"`
}

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads the dictionary of a data source: its columns as Immuta knows them, with all their tags, whoever added those.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"id":             tf.NumberAnswer("Id of the dictionary."),
			"columns": tf.ListAnswer("The columns, in Immuta's order.", map[string]schema.Attribute{
				"name":          tf.TextAnswer("Name of the column."),
				"data_type":     tf.TextAnswer("Immuta's type of the column."),
				"remote_type":   tf.TextAnswer("The remote platform's own type."),
				"nullable":      tf.BoolAnswer("Whether the column may hold nulls; null if the tenant does not say."),
				"remote_column": tf.TextAnswer("Name of the column in the remote platform; null if the tenant does not say."),
				"description":   tf.TextAnswer("What the column holds; null if there is no description."),
				"tags": schema.SetNestedAttribute{
					MarkdownDescription: "Tags of the column.",
					Computed:            true,
					NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
						"name":   tf.TextAnswer("Full name of the tag."),
						"source": tf.TextAnswer("Where the tag comes from, such as `curated`."),
					}},
				},
			}),
			"types":      tf.TextsAnswer("The distinct data types among the columns."),
			"created_at": tf.TextAnswer("When the dictionary was made (RFC 3339, UTC)."),
			"updated_at": tf.TextAnswer("When the dictionary was last changed (RFC 3339, UTC)."),
		},
	}
}

func readDataSource(ctx context.Context, r *tf.Reading, m *dataSourceModel) error {
	found, err := r.Client.Dictionary(ctx, m.DataSourceID.ValueInt64())
	if err != nil {
		return err
	}
	m.ID = types.Int64Value(int64(found.ID))
	m.Types, m.CreatedAt, m.UpdatedAt = typesOf(found), tf.TextOrNull(string(found.CreatedAt)), tf.TextOrNull(string(found.UpdatedAt))
	m.Columns = types.ListValueMust(rowType, tf.Each(found.Columns, row))
	return nil
}

// rowType is a column with its name.
var rowType = types.ObjectType{AttrTypes: named[attr.Type](columnType.AttrTypes, types.StringType)}

// named adds a column's name, or the name's type, to its other attributes.
func named[V any](attributes map[string]V, name V) map[string]V {
	attributes = maps.Clone(attributes)
	attributes["name"] = name
	return attributes
}

// row has all tags of the column, unlike that of the resource, which has those that it owns.
func row(got immuta.Column) attr.Value {
	c := newColumn(got, false)
	var tags []attr.Value
	for _, t := range got.Tags() {
		if key := t.Key(); !bool(t.Deleted) {
			tags = append(tags, tagObject(types.StringValue(key.Name), types.StringValue(key.Source)))
		}
	}
	c.Tags = tf.DistinctSet(tagType, tags)
	return types.ObjectValueMust(rowType.AttrTypes, named[attr.Value](c.attributes(), types.StringValue(got.Name())))
}
