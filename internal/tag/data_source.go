package tag

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDataSource is the data source immuta_data_source_tags.
func NewDataSource() datasource.DataSource {
	return tf.DataSource[listModel]{
		Name:   "immuta_data_source_tags",
		Schema: listSchema,
		Attempted: func(m *listModel) string {
			return fmt.Sprintf("Reading the tags of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readList,
	}.New()
}

type listModel struct {
	tf.ReadTimeout

	DataSourceID types.Int64  `tfsdk:"data_source_id"`
	BlobID       types.String `tfsdk:"blob_id"`
	BlobTagsOnly types.Bool   `tfsdk:"blob_tags_only"`
	Tags         []rowModel   `tfsdk:"tags"`
}

type rowModel struct {
	Name    types.String `tfsdk:"name"`
	Source  types.String `tfsdk:"source"`
	AddedBy types.Int64  `tfsdk:"added_by"`
	Deleted types.Bool   `tfsdk:"deleted"`
}

func listSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists all tags of a data source, whoever or whatever put them there.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"blob_id":        tf.TextArgument("Id of a blob of the data source: its tags are read instead."),
			"blob_tags_only": tf.BoolArgument("Whether to read only tags of blobs. Immuta's default: `false`."),
			"tags": tf.ListAnswer("The tags, in Immuta's order.", map[string]schema.Attribute{
				"name":     tf.TextAnswer("Full name of the tag, such as `Team.Finance`."),
				"source":   tf.TextAnswer("Where the tag comes from, such as `curated`."),
				"added_by": tf.NumberAnswer("Profile that added the tag; null if the tenant does not say."),
				"deleted":  tf.BoolAnswer("Whether the tag is only remembered; `false` unless Immuta says otherwise."),
			}),
		},
	}
}

func readList(ctx context.Context, r *tf.Reading, m *listModel) error {
	tags, err := r.Client.BlobTags(ctx, m.DataSourceID.ValueInt64(), m.BlobID.ValueString(), m.BlobTagsOnly.ValueBoolPointer())
	m.Tags = tf.Each(tags, rowFromAPI)
	return err
}

func rowFromAPI(t immuta.Tag) rowModel {
	return rowModel{
		Name:    types.StringValue(string(t.Name)),
		Source:  tf.TextOrNull(string(t.Source)),
		AddedBy: tf.LenientInt(t.AddedBy),
		Deleted: types.BoolValue(bool(t.Deleted)),
	}
}
