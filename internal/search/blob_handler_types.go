package search

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewBlobHandlerTypes is the data source immuta_blob_handler_types.
func NewBlobHandlerTypes() datasource.DataSource {
	return tf.DataSource[blobHandlerTypesModel]{
		Name:      "immuta_blob_handler_types",
		Schema:    blobHandlerTypesSchema,
		Attempted: func(*blobHandlerTypesModel) string { return "Reading the blob handler types" },
		Read:      readBlobHandlerTypes,
	}.New()
}

type blobHandlerTypesModel struct {
	tf.ReadTimeout

	Types []blobHandlerTypeModel `tfsdk:"types"`
}

type blobHandlerTypeModel struct {
	Name       types.String         `tfsdk:"name"`
	BaseURL    types.String         `tfsdk:"base_url"`
	Port       types.Int64          `tfsdk:"port"`
	Driver     types.String         `tfsdk:"driver"`
	ConfigJSON jsontypes.Normalized `tfsdk:"config_json"`
}

func blobHandlerTypesSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the technologies that the API key's user may register data sources of.",
		Attributes: map[string]schema.Attribute{
			"types": tf.ListAnswer("The technologies.", map[string]schema.Attribute{
				"name":        tf.TextAnswer("Name of the technology, such as `Snowflake`."),
				"base_url":    tf.TextAnswer("Where its handlers are."),
				"port":        tf.NumberAnswer("Port that such connections use by default; null if there is none."),
				"driver":      tf.TextAnswer("Name of the driver; null if there is none."),
				"config_json": tf.JSONAnswer("What a connection is configured by; null if the tenant does not say."),
			}),
		},
	}
}

func readBlobHandlerTypes(ctx context.Context, r *tf.Reading, m *blobHandlerTypesModel) error {
	all, err := r.Client.HandlerTypes(ctx)
	m.Types = tf.Each(all, blobHandlerTypeFromAPI)
	return err
}

func blobHandlerTypeFromAPI(t immuta.HandlerType) blobHandlerTypeModel {
	return blobHandlerTypeModel{
		Name:       tf.LenientText(t.Name),
		BaseURL:    tf.LenientText(t.BaseURL),
		Port:       tf.LenientInt(t.Port),
		Driver:     tf.LenientText(t.Driver),
		ConfigJSON: tf.LenientJSON(t.Config),
	}
}
