package search

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDataSourcesByPurpose is the data source immuta_data_sources_by_purpose.
func NewDataSourcesByPurpose() datasource.DataSource {
	return tf.DataSource[byPurposeModel]{
		Name:   "immuta_data_sources_by_purpose",
		Schema: byPurposeSchema,
		Attempted: func(m *byPurposeModel) string {
			return fmt.Sprintf("Reading the data sources for the purposes %s", strings.Join(m.Purposes, ", "))
		},
		Subject: "purposes",
		Read:    readByPurpose,
	}.New()
}

type byPurposeModel struct {
	tf.ReadTimeout

	Purposes         []string          `tfsdk:"purposes"`
	ExcludedProjects []int64           `tfsdk:"excluded_projects"`
	DataSources      []purposefulModel `tfsdk:"data_sources"`
}

type purposefulModel struct {
	ID           types.Int64        `tfsdk:"id"`
	Name         types.String       `tfsdk:"name"`
	PolicyID     types.Int64        `tfsdk:"policy_id"`
	Restrictions []restrictionModel `tfsdk:"restrictions"`
}

type restrictionModel struct {
	Operator types.String `tfsdk:"operator"`
	Purposes types.List   `tfsdk:"purposes"`
}

func byPurposeSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the data sources whose policies allow a set of purposes.",
		Attributes: map[string]schema.Attribute{
			"purposes": schema.SetAttribute{
				MarkdownDescription: "The purposes. At least one.",
				ElementType:         types.StringType, Required: true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
				},
			},
			"excluded_projects": tf.IDsArgument("Ids of projects whose data sources are left out."),
			"data_sources": tf.ListAnswer("The data sources.", map[string]schema.Attribute{
				"id":        tf.NumberAnswer("Id of the data source."),
				"name":      tf.TextAnswer("Name of the data source."),
				"policy_id": tf.NumberAnswer("Id of the policy that restricts the data source to purposes; null if the tenant does not say."),
				"restrictions": tf.ListAnswer("What the policy asks for; null if the tenant does not say, or says it in a way that is not known.",
					map[string]schema.Attribute{
						"operator": tf.TextAnswer("Whether all (`and`) or any (`or`) of the purposes are needed."),
						"purposes": tf.TextsAnswer("The purposes."),
					}),
			}),
		},
	}
}

func readByPurpose(ctx context.Context, r *tf.Reading, m *byPurposeModel) error {
	found, err := r.Client.SourcesByPurpose(ctx, m.Purposes, m.ExcludedProjects)
	m.DataSources = tf.Each(found, purposefulFromAPI)
	return err
}

func purposefulFromAPI(s immuta.PurposeSource) purposefulModel {
	m := purposefulModel{
		ID:       tf.IntOrNull(s.ID),
		Name:     tf.TextOrNull(string(s.Name.Value)),
		PolicyID: tf.LenientInt(s.PolicyID),
	}
	if s.Restrictions.Value != nil {
		m.Restrictions = tf.Each(s.Restrictions.Get(), restrictionFromAPI)
	}
	return m
}

func restrictionFromAPI(c immuta.PurposeCondition) restrictionModel {
	return restrictionModel{Operator: tf.LenientText(c.Operator), Purposes: tf.LenientTexts(c.Purposes)}
}
