// Package s3p holds the data sources of Immuta's S3-compatible API, which shows every data source as a folder of one bucket.
package s3p

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewBuckets is the data source immuta_s3_buckets.
func NewBuckets() datasource.DataSource {
	return tf.DataSource[bucketsModel]{
		Name:      "immuta_s3_buckets",
		Schema:    bucketsSchema,
		Attempted: func(*bucketsModel) string { return "Listing the buckets of the S3-compatible API" },
		Read:      readBuckets,
	}.New()
}

type bucketsModel struct {
	tf.ReadTimeout

	Owner   *ownerModel   `tfsdk:"owner"`
	Buckets []bucketModel `tfsdk:"buckets"`
}

type bucketModel struct {
	Name         types.String `tfsdk:"name"`
	CreationDate types.String `tfsdk:"creation_date"`
}

// ownerModel owns buckets and objects.
type ownerModel struct {
	ID          types.String `tfsdk:"id"`
	DisplayName types.String `tfsdk:"display_name"`
}

func bucketsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the buckets of Immuta's S3-compatible API: as a rule one, under which all data sources are folders.",
		Attributes: map[string]schema.Attribute{
			"owner": ownerAnswer("Who owns the buckets; null if the tenant does not say."),
			"buckets": tf.ListAnswer("The buckets.", map[string]schema.Attribute{
				"name":          tf.TextAnswer("Name of the bucket."),
				"creation_date": tf.TextAnswer("When the bucket was created (RFC 3339, UTC); a constant of Immuta's."),
			}),
		},
	}
}

func ownerAnswer(description string) schema.SingleNestedAttribute {
	return tf.ObjectAnswer(description, map[string]schema.Attribute{
		"id":           tf.TextAnswer("Id of the owner."),
		"display_name": tf.TextAnswer("Name of the owner."),
	})
}

func readBuckets(ctx context.Context, r *tf.Reading, m *bucketsModel) error {
	all, err := r.Client.Buckets(ctx)
	m.Owner, m.Buckets = ownerFromAPI(all.Owner), tf.Each(all.Buckets, bucketFromAPI)
	return err
}

func bucketFromAPI(b immuta.Bucket) bucketModel {
	return bucketModel{Name: tf.TextOrNull(b.Name), CreationDate: tf.TextOrNull(b.CreationDate)}
}

func ownerFromAPI(o *immuta.BucketOwner) *ownerModel {
	if o == nil {
		return nil
	}
	return &ownerModel{ID: tf.TextOrNull(o.ID), DisplayName: tf.TextOrNull(o.DisplayName)}
}
