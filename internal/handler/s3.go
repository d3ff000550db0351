package handler

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// s3Type is a constant of the payload (H), and taken for the label of the sources (L).
const s3Type = "Native S3"

// NewS3 is the resource immuta_s3_data_source. Its handler has no PUT: nothing in it can change.
func NewS3() resource.Resource {
	return newResource(Descriptor[s3Model]{
		Technology: Technology{Name: "s3", Prefix: "native-s3", Label: s3Type, Title: "Amazon S3"},
		Description: "Registers a bucket, a prefix or an object of Amazon S3 as a data source in Immuta. The S3 integration is a private " +
			"preview of Immuta, and has to be set up in the tenant beforehand.",
		Attributes:          s3Attributes,
		Common:              func(m *s3Model) *Common { return &m.Common },
		Values:              (*s3Model).values,
		Replaces:            s3Replaces,
		CreateBody:          s3ToAPI,
		SettingsAfterCreate: []string{"description", "documentation", "catalogMetadata"},
		SameRemote:          s3SameRemote,
		RemoteSearch:        func(*s3Model) immuta.Search { return immuta.Search{Technologies: []string{s3Type}} },
		RemotePath:          path.Root("prefix"),
	})
}

func s3Attributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"integration_id": schema.Int64Attribute{
			MarkdownDescription: "Id of the tenant's S3 integration. Changing it replaces the source. Drift is detected.",
			Required:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
			PlanModifiers:       []planmodifier.Int64{int64planmodifier.RequiresReplace()},
		},
		"prefix": schema.StringAttribute{
			MarkdownDescription: "Path of the bucket, prefix or object within the integration. Changing it replaces the source. Drift is detected.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"aws_location_path": tf.KeptText("The S3 location that Immuta registered the source under."),
	}
}

type s3Model struct {
	Common
	IntegrationID   types.Int64  `tfsdk:"integration_id"`
	Prefix          types.String `tfsdk:"prefix"`
	AWSLocationPath types.String `tfsdk:"aws_location_path"`
}

func s3Replaces(state, plan *s3Model) bool {
	return !state.IntegrationID.Equal(plan.IntegrationID) || !state.Prefix.Equal(plan.Prefix)
}

// s3ToAPI is the documented payload, with one entry (H).
func s3ToAPI(m *s3Model) (any, diag.Diagnostics) {
	return map[string]any{
		"type":          s3Type,
		"integrationId": m.IntegrationID.ValueInt64(),
		"dataSources":   []map[string]string{{"dataSourceName": m.Name.ValueString(), "prefix": m.Prefix.ValueString()}},
	}, nil
}

func (m *s3Model) values(a answer) []value {
	return append(m.Common.values(a),
		metadataInt(metadata("integration_id", "integrationId"), &m.IntegrationID, a),
		metadataText(metadata("prefix", "prefix"), &m.Prefix, a, optionalText),
		textValue(computed("aws_location_path"), &m.AWSLocationPath, immuta.Lookup[immuta.Text](a.handler.Keys, "awsLocationPath"), optionalText),
	)
}

func s3SameRemote(m *s3Model, found *immuta.Handler) bool {
	integration := immuta.Lookup[immuta.Int](found.Metadata, "integrationId").Get()
	return int64(integration) == m.IntegrationID.ValueInt64() && strings.EqualFold(found.Metadata.Text("prefix"), m.Prefix.ValueString())
}
