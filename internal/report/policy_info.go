package report

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewPolicyInfo is the data source immuta_data_source_policy_info.
func NewPolicyInfo() datasource.DataSource {
	return tf.DataSource[policyInfoModel]{
		Name:   "immuta_data_source_policy_info",
		Schema: policyInfoSchema,
		Attempted: func(m *policyInfoModel) string {
			return fmt.Sprintf("Reading what policies do to profile %d on data source %d", m.ProfileID.ValueInt64(), m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readPolicyInfo,
	}.New()
}

type policyInfoModel struct {
	tf.ReadTimeout

	DataSourceID          types.Int64          `tfsdk:"data_source_id"`
	ProfileID             types.Int64          `tfsdk:"profile_id"`
	ProjectID             types.Int64          `tfsdk:"project_id"`
	VisibilityRuleApplies types.Bool           `tfsdk:"visibility_rule_applies"`
	Masked                []maskedModel        `tfsdk:"masked"`
	VisibilitiesJSON      jsontypes.Normalized `tfsdk:"visibilities_json"`
	AdditionalFiltersJSON jsontypes.Normalized `tfsdk:"additional_filters_json"`
}

// maskedModel is a masked column, here and in a visibility report.
type maskedModel struct {
	Name         types.String         `tfsdk:"name"`
	Type         types.String         `tfsdk:"type"`
	ActionType   types.String         `tfsdk:"action_type"`
	MetadataJSON jsontypes.Normalized `tfsdk:"metadata_json"`
}

func policyInfoSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads what the policies of a data source do to a user's view of it: visibilities, masking and filters.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"profile_id":     tf.RequiredID("Id of the user's profile."),
			"project_id":     tf.IDArgument("Id of the project that the user is taken to act under."),
			"visibility_rule_applies": tf.BoolAnswer("Whether there is a rule about visible rows that the user is not excepted from; null if the " +
				"tenant does not say."),
			"masked":                  maskedAnswer(),
			"visibilities_json":       tf.JSONAnswer("The user's visibilities, such as `anyKey`."),
			"additional_filters_json": additionalFiltersAnswer(),
		},
	}
}

func maskedAnswer() schema.ListNestedAttribute {
	return tf.ListAnswer("The columns that are masked; null if the tenant does not say.", map[string]schema.Attribute{
		"name":          tf.TextAnswer("Name of the column."),
		"type":          tf.TextAnswer("How the column is masked, such as `hash`."),
		"action_type":   tf.TextAnswer("What kind of policy masks the column."),
		"metadata_json": tf.JSONAnswer("Details of the masking; null if there are none."),
	})
}

func additionalFiltersAnswer() schema.StringAttribute {
	return tf.JSONAnswer("Further filters on the rows: `customWhere`, `differentialPrivacy`, `eventTimeColumn`, `minimization`, `time`, " +
		"`filterSeconds`, `isOlderOrNewer`.")
}

func readPolicyInfo(ctx context.Context, r *tf.Reading, m *policyInfoModel) error {
	info, err := r.Client.PolicyInfo(ctx, m.DataSourceID.ValueInt64(), m.ProfileID.ValueInt64(), m.ProjectID.ValueInt64Pointer())
	m.VisibilityRuleApplies = tf.LenientBool(info.VisibilityRuleApplies)
	m.Masked = maskedFromAPI(info.Masked)
	m.VisibilitiesJSON = tf.LenientJSON(info.Visibilities)
	m.AdditionalFiltersJSON = tf.LenientJSON(info.AdditionalFilters)
	return r.BlamePart(ctx, m.DataSourceID.ValueInt64(), "profile_id", err)
}

func maskedFromAPI[L ~[]immuta.MaskedColumn](masked immuta.Lenient[L]) []maskedModel {
	if masked.Value == nil {
		return nil
	}
	return tf.Each(masked.Get(), func(c immuta.MaskedColumn) maskedModel {
		return maskedModel{
			Name:         tf.LenientText(c.Name),
			Type:         tf.LenientText(c.Type),
			ActionType:   tf.LenientText(c.ActionType),
			MetadataJSON: tf.LenientJSON(c.Metadata),
		}
	})
}
