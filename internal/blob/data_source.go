package blob

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDataSource is the data source immuta_blob.
func NewDataSource() datasource.DataSource {
	return tf.DataSource[contentModel]{
		Name:   "immuta_blob",
		Schema: contentSchema,
		Attempted: func(m *contentModel) string {
			return fmt.Sprintf("Reading the blob %q of data source %d", m.BlobID.ValueString(), m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readContent,
	}.New()
}

type contentModel struct {
	tf.ReadTimeout

	DataSourceID  types.Int64  `tfsdk:"data_source_id"`
	BlobID        types.String `tfsdk:"blob_id"`
	MaxBytes      types.Int64  `tfsdk:"max_bytes"`
	Filesize      types.Int64  `tfsdk:"filesize"`
	ContentType   types.String `tfsdk:"content_type"`
	ContentBase64 types.String `tfsdk:"content_base64"`
	ContentSHA256 types.String `tfsdk:"content_sha256"`
}

func contentSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads the content of a blob: a file of a data source whose data are objects. Current versions of Immuta do not " +
			"document this any more.\n\n" +
			"~> The content goes into the state.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"blob_id":        tf.RequiredPathName("Id of the blob; it may have slashes."),
			"max_bytes":      tf.MaxBytesArgument(),
			"filesize":       tf.NumberAnswer("Size in bytes."),
			"content_type":   tf.TextAnswer("Media type that the tenant gives the content; null if there is none."),
			"content_base64": tf.TextAnswer("The content, base64-encoded: `base64decode` makes text of it."),
			"content_sha256": tf.TextAnswer("SHA-256 of the content, in hexadecimal."),
		},
	}
}

func readContent(ctx context.Context, r *tf.Reading, m *contentModel) error {
	content, mediaType, err := r.Client.BlobContent(ctx, m.DataSourceID.ValueInt64(), m.BlobID.ValueString(), tf.MaxBytes(m.MaxBytes))
	sum := sha256.Sum256(content)
	m.Filesize = types.Int64Value(int64(len(content)))
	m.ContentType = tf.TextOrNull(mediaType)
	m.ContentBase64 = types.StringValue(base64.StdEncoding.EncodeToString(content))
	m.ContentSHA256 = types.StringValue(hex.EncodeToString(sum[:]))
	return r.BlamePart(ctx, m.DataSourceID.ValueInt64(), "blob_id", err)
}
