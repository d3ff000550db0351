package report

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/boolvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewVisibilityReport is the data source immuta_visibility_report.
func NewVisibilityReport() datasource.DataSource {
	return tf.DataSource[visibilityReportModel]{
		Name:   "immuta_visibility_report",
		Schema: visibilityReportSchema,
		Attempted: func(m *visibilityReportModel) string {
			return fmt.Sprintf("Reading how much of data source %d %s sees", m.DataSourceID.ValueInt64(), m.who())
		},
		Subject: "data_source_id",
		Read:    readVisibilityReport,
	}.New()
}

type visibilityReportModel struct {
	tf.ReadTimeout

	DataSourceID                types.Int64          `tfsdk:"data_source_id"`
	ProfileID                   types.Int64          `tfsdk:"profile_id"`
	InformationOnly             types.Bool           `tfsdk:"information_only"`
	IncludeNestedColumns        types.Bool           `tfsdk:"include_nested_columns"`
	DataSource                  types.Int64          `tfsdk:"data_source"`
	DataSourceName              types.String         `tfsdk:"data_source_name"`
	NoVisibilities              types.Bool           `tfsdk:"no_visibilities"`
	DataSourceVisibilitiesCount types.Int64          `tfsdk:"data_source_visibilities_count"`
	UserVisibilitiesCount       types.Int64          `tfsdk:"user_visibilities_count"`
	DenialReason                types.String         `tfsdk:"denial_reason"`
	Masked                      []maskedModel        `tfsdk:"masked"`
	AllowMaskedJoins            types.Bool           `tfsdk:"allow_masked_joins"`
	AdditionalFiltersJSON       jsontypes.Normalized `tfsdk:"additional_filters_json"`
	PolicySetJSON               jsontypes.Normalized `tfsdk:"policy_set_json"`
	Markdown                    types.String         `tfsdk:"markdown"`
}

func visibilityReportSchema() schema.Schema {
	needsProfile := boolvalidator.AlsoRequires(path.MatchRoot("profile_id"))
	return schema.Schema{
		MarkdownDescription: "Sums up how much of a data source a user sees: how many of the values that a row-level policy goes by, and which " +
			"columns are masked. `markdown` holds the report as tables.\n\n" +
			"Immuta may run queries on the remote platform for it, which takes a while; `information_only` avoids some of them.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"profile_id":     tf.IDArgument("Id of the user's profile. Default: the API key's user."),
			"information_only": tf.BoolArgument("Whether to skip some of the queries. Needs `profile_id`. Immuta's default: `false`.",
				needsProfile),
			"include_nested_columns": tf.BoolArgument("Whether to report the masking of nested columns too. Needs `profile_id`. Immuta's "+
				"default: `false`.", needsProfile),
			"data_source":      tf.NumberAnswer("Id of the data source, as the report has it."),
			"data_source_name": tf.TextAnswer("Name of the data source."),
			"no_visibilities": tf.BoolAnswer("Whether there is no policy that restricts rows or purposes; null if the tenant does " +
				"not say."),
			"data_source_visibilities_count": tf.NumberAnswer("How many visibilities the data source has; null if the tenant does not say."),
			"user_visibilities_count":        tf.NumberAnswer("How many of them the user has; null if the tenant does not say."),
			"denial_reason":                  tf.TextAnswer("Why the user sees nothing; null if that is not the case."),
			"masked":                         maskedAnswer(),
			"allow_masked_joins": tf.BoolAnswer("Whether the data source may be joined on masked columns; null if the tenant does not " +
				"say."),
			"additional_filters_json": additionalFiltersAnswer(),
			"policy_set_json":         tf.JSONAnswer("The policies of the data source."),
			"markdown": tf.TextAnswer("The report in Markdown, for a pull request comment or a file: what the tenant " +
				"returned is escaped."),
		},
	}
}

func readVisibilityReport(ctx context.Context, r *tf.Reading, m *visibilityReportModel) error {
	id := m.DataSourceID.ValueInt64()
	if m.ProfileID.IsNull() {
		report, err := r.Client.MyVisibilityReport(ctx, id)
		m.fromAPI(report)
		return err
	}
	report, err := r.Client.VisibilityReport(ctx, id, m.ProfileID.ValueInt64(),
		m.InformationOnly.ValueBoolPointer(), m.IncludeNestedColumns.ValueBoolPointer())
	m.fromAPI(report)
	return r.BlamePart(ctx, id, "profile_id", err)
}

// who names the user for a sentence.
func (m *visibilityReportModel) who() string {
	if m.ProfileID.IsNull() {
		return "the API key's user"
	}
	return fmt.Sprintf("profile %d", m.ProfileID.ValueInt64())
}

func (m *visibilityReportModel) fromAPI(r immuta.VisibilityReport) {
	m.DataSource = tf.LenientInt(r.DataSource)
	m.DataSourceName = tf.LenientText(r.DataSourceName)
	m.NoVisibilities = tf.LenientBool(r.NoVisibilities)
	m.DataSourceVisibilitiesCount = tf.LenientInt(r.DataSourceVisibilitiesCount)
	m.UserVisibilitiesCount = tf.LenientInt(r.UserVisibilitiesCount)
	m.DenialReason = tf.LenientText(r.DenialReason)
	m.Masked = maskedFromAPI(r.Masked)
	m.AllowMaskedJoins = tf.LenientBool(r.AllowMaskedJoins)
	m.AdditionalFiltersJSON = tf.LenientJSON(r.AdditionalFilters)
	m.PolicySetJSON = tf.LenientJSON(r.PolicySet)
	m.Markdown = types.StringValue(m.markdown())
}

// markdown writes the report as two tables: the numbers, and the masked columns if there are any.
func (m *visibilityReportModel) markdown() string {
	var b strings.Builder
	name := m.DataSourceName.ValueString()
	if name != "" {
		name = code(name) + " "
	}
	fmt.Fprintf(&b, "**What %s sees of %s(data source %d)**\n\n", m.who(), name, m.DataSourceID.ValueInt64())
	rows := [][]string{
		{"Rows", m.rows()},
		{"Masked columns", m.maskedCount()},
		{"Joins on masked columns", answered(m.AllowMaskedJoins, "allowed", "not allowed")},
	}
	if reason := m.DenialReason.ValueString(); reason != "" {
		rows = append(rows, []string{"Denied because", code(reason)})
	}
	b.WriteString(table([]string{"", ""}, rows))
	if len(m.Masked) == 0 {
		return b.String()
	}
	b.WriteByte('\n')
	rows = nil
	for _, masked := range m.Masked {
		rows = append(rows, []string{code(masked.Name.ValueString()), code(masked.Type.ValueString()), code(masked.ActionType.ValueString())})
	}
	b.WriteString(table([]string{"Masked column", "How", "By"}, rows))
	return b.String()
}

// notAnswered stands where the tenant does not say.
const notAnswered = "not known"

func (m *visibilityReportModel) rows() string {
	switch {
	case m.NoVisibilities.ValueBool():
		return "all: no policy restricts them"
	case m.UserVisibilitiesCount.IsNull() || m.DataSourceVisibilitiesCount.IsNull():
		return notAnswered
	default:
		return fmt.Sprintf("%d of %d visibilities", m.UserVisibilitiesCount.ValueInt64(), m.DataSourceVisibilitiesCount.ValueInt64())
	}
}

func (m *visibilityReportModel) maskedCount() string {
	if m.Masked == nil {
		return notAnswered
	}
	return fmt.Sprint(len(m.Masked))
}

func answered(b types.Bool, yes, no string) string {
	switch {
	case b.IsNull():
		return notAnswered
	case b.ValueBool():
		return yes
	default:
		return no
	}
}
