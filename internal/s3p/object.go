package s3p

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewObject is the data source immuta_s3_object.
func NewObject() datasource.DataSource {
	return tf.DataSource[contentModel]{
		Name:   "immuta_s3_object",
		Schema: contentSchema,
		Attempted: func(m *contentModel) string {
			return fmt.Sprintf("Reading the object %q of the folder %q", m.Key.ValueString(), m.DataSource.ValueString())
		},
		Subject: "key",
		Read:    readContent,
	}.New()
}

type contentModel struct {
	tf.ReadTimeout

	Bucket     types.String `tfsdk:"bucket"`
	DataSource types.String `tfsdk:"data_source"`
	Key        types.String `tfsdk:"key"`
	MaxBytes   types.Int64  `tfsdk:"max_bytes"`
	metadataModel
	ContentType   types.String `tfsdk:"content_type"`
	ContentBase64 types.String `tfsdk:"content_base64"`
}

func contentSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads one object through the S3-compatible API.\n\n" +
			"Immuta's documentation says that this returns the object, and shows a response that describes it instead. Both are understood: " +
			"in the second case `content_base64` is null.\n\n" +
			"~> The content goes into the state.",
		Attributes: map[string]schema.Attribute{
			"bucket":        bucketArgument(),
			"data_source":   tf.RequiredPathName("Folder of the data source in the bucket."),
			"key":           tf.RequiredPathName("Key of the object within the folder; it may have slashes."),
			"max_bytes":     tf.MaxBytesArgument(),
			"size":          tf.NumberAnswer("Size in bytes."),
			"etag":          tf.TextAnswer("Checksum of the object, without quotes; null if the tenant does not say."),
			"last_modified": tf.TextAnswer("When the object was last changed (RFC 3339, UTC); null if the tenant does not say."),
			"storage_class": tf.TextAnswer("Storage class, such as `STANDARD`; null if the tenant does not say."),
			"owner":         ownerAnswer("Who owns the object; null if the tenant does not say."),
			"content_type":  tf.TextAnswer("Media type that the tenant gives the content; null if there is none."),
			"content_base64": tf.TextAnswer("The content, base64-encoded: `base64decode` makes text of it. Null if the tenant only describes the " +
				"object."),
		},
	}
}

func readContent(ctx context.Context, r *tf.Reading, m *contentModel) error {
	object, err := r.Client.Object(ctx, cmp.Or(m.Bucket.ValueString(), immuta.DefaultBucket), m.DataSource.ValueString(), m.Key.ValueString(),
		tf.MaxBytes(m.MaxBytes))
	m.fromAPI(object)
	if _, missing := errors.AsType[*immuta.NoObjectError](err); missing {
		return tf.Advise(err, "Check the bucket, the folder and the key. Keys are case-sensitive; immuta_s3_objects lists them.")
	}
	return err
}

func (m *contentModel) fromAPI(o immuta.ObjectContent) {
	m.metadataModel = metadataFromAPI(o.S3Object)
	m.ContentType = tf.TextOrNull(o.ContentType)
	if o.Content != nil {
		m.ContentBase64 = types.StringValue(base64.StdEncoding.EncodeToString(o.Content))
	}
}
