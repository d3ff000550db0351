package s3p

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/boolvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewObjects is the data source immuta_s3_objects.
func NewObjects() datasource.DataSource {
	return tf.DataSource[objectsModel]{
		Name:      "immuta_s3_objects",
		Schema:    objectsSchema,
		Attempted: func(m *objectsModel) string { return fmt.Sprintf("Listing the bucket %q", m.bucket()) },
		Subject:   "bucket",
		Read:      readObjects,
	}.New()
}

// The versions of the listing.
const (
	listingV1 = 1
	listingV2 = 2
)

type objectsModel struct {
	tf.ReadTimeout

	Bucket             types.String  `tfsdk:"bucket"`
	Prefix             types.String  `tfsdk:"prefix"`
	Delimiter          types.String  `tfsdk:"delimiter"`
	StartAfter         types.String  `tfsdk:"start_after"`
	EncodingType       types.String  `tfsdk:"encoding_type"`
	ListType           types.Int64   `tfsdk:"list_type"`
	FetchOwner         types.Bool    `tfsdk:"fetch_owner"`
	Location           types.Bool    `tfsdk:"location"`
	MaxResults         types.Int64   `tfsdk:"max_results"`
	Objects            []objectModel `tfsdk:"objects"`
	CommonPrefixes     types.List    `tfsdk:"common_prefixes"`
	IsTruncated        types.Bool    `tfsdk:"is_truncated"`
	LocationConstraint types.String  `tfsdk:"location_constraint"`
}

type objectModel struct {
	Key types.String `tfsdk:"key"`
	metadataModel
}

// metadataModel is what is known of an object besides its content.
type metadataModel struct {
	LastModified types.String `tfsdk:"last_modified"`
	ETag         types.String `tfsdk:"etag"`
	Size         types.Int64  `tfsdk:"size"`
	StorageClass types.String `tfsdk:"storage_class"`
	Owner        *ownerModel  `tfsdk:"owner"`
}

func objectsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists what the S3-compatible API shows of data sources: folders and the objects in them. The result is read page " +
			"by page, 1,000 keys a request.",
		Attributes: map[string]schema.Attribute{
			"bucket": bucketArgument(),
			"prefix": tf.TextArgument("How keys have to begin."),
			"delimiter": tf.TextArgument("Character at which keys are cut: those that have the same beginning up to it are listed once, in " +
				"`common_prefixes`. `/` lists one folder."),
			"start_after":   tf.TextArgument("Key after which to begin."),
			"encoding_type": tf.WordArgument("`url` lets keys travel encoded, for those that XML cannot hold. They are shown decoded.", "url"),
			"list_type": schema.Int64Attribute{
				MarkdownDescription: "Version of S3's listing to use: `1` or `2`. Default: `1`.",
				Optional:            true, Validators: []validator.Int64{int64validator.OneOf(listingV1, listingV2)},
			},
			"fetch_owner": tf.BoolArgument("Whether to list owners. Needs `list_type = 2`; version 1 lists them anyway. Immuta's default: `false`.",
				boolvalidator.AlsoRequires(path.MatchRoot("list_type"))),
			"location":    tf.BoolArgument("Whether to read where the bucket is, instead of what is in it. Default: `false`."),
			"max_results": tf.MaxResultsArgument(),
			"objects":     tf.ListAnswer("The objects, in the order of their keys; null if the location was asked for.", objectAnswers()),
			"common_prefixes": tf.TextsAnswer("Beginnings that several keys have in common, with a `delimiter`; null if the location was " +
				"asked for."),
			"is_truncated":        tf.BoolAnswer("Whether there is more than `max_results` allowed; null if the location was asked for."),
			"location_constraint": tf.TextAnswer("Where the bucket is; null unless it was asked for."),
		},
	}
}

func bucketArgument() schema.StringAttribute {
	return tf.TextArgument("Name of the bucket. Default: `immuta`, unless the tenant's configuration names it otherwise.",
		stringvalidator.LengthAtLeast(1), tf.PathName())
}

func objectAnswers() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"key":           tf.TextAnswer("Key of the object, with the folder of its data source."),
		"last_modified": tf.TextAnswer("When the object was last changed (RFC 3339, UTC)."),
		"etag":          tf.TextAnswer("Checksum of the object, without quotes."),
		"size":          tf.NumberAnswer("Size in bytes."),
		"storage_class": tf.TextAnswer("Storage class, such as `STANDARD`."),
		"owner":         ownerAnswer("Who owns the object; null if that is not listed."),
	}
}

func readObjects(ctx context.Context, r *tf.Reading, m *objectsModel) (err error) {
	m.CommonPrefixes = types.ListNull(types.StringType)
	if m.Location.ValueBool() {
		location, err := r.Client.BucketLocation(ctx, m.bucket())
		m.LocationConstraint = types.StringValue(location)
		return err
	}
	list, err := r.Client.Objects(ctx, m.search(), m.MaxResults.ValueInt64())
	m.Objects, m.CommonPrefixes = tf.Each(list.Objects, objectFromAPI), tf.StringList(list.CommonPrefixes)
	m.IsTruncated = types.BoolValue(list.Truncated)
	return err
}

func (m *objectsModel) bucket() string { return cmp.Or(m.Bucket.ValueString(), immuta.DefaultBucket) }

func (m *objectsModel) search() immuta.ObjectSearch {
	return immuta.ObjectSearch{
		Bucket:       m.bucket(),
		Prefix:       m.Prefix.ValueString(),
		Delimiter:    m.Delimiter.ValueString(),
		StartAfter:   m.StartAfter.ValueString(),
		EncodingType: m.EncodingType.ValueString(),
		V2:           m.ListType.ValueInt64() == listingV2,
		FetchOwner:   m.FetchOwner.ValueBoolPointer(),
	}
}

func objectFromAPI(o immuta.S3Object) objectModel {
	return objectModel{Key: types.StringValue(o.Key), metadataModel: metadataFromAPI(o)}
}

func metadataFromAPI(o immuta.S3Object) metadataModel {
	return metadataModel{
		LastModified: tf.TextOrNull(o.LastModified),
		ETag:         tf.TextOrNull(o.ETag),
		Size:         types.Int64PointerValue(o.Size),
		StorageClass: tf.TextOrNull(o.StorageClass),
		Owner:        ownerFromAPI(o.Owner),
	}
}
