// Package report holds the data sources that tell what became of a data source.
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

// NewActivities is the data source immuta_data_source_activities.
func NewActivities() datasource.DataSource {
	return tf.DataSource[activitiesModel]{
		Name:   "immuta_data_source_activities",
		Schema: activitiesSchema,
		Attempted: func(m *activitiesModel) string {
			return fmt.Sprintf("Reading the activities of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readActivities,
	}.New()
}

type activitiesModel struct {
	tf.ReadTimeout

	DataSourceID types.Int64     `tfsdk:"data_source_id"`
	MaxResults   types.Int64     `tfsdk:"max_results"`
	Total        types.Int64     `tfsdk:"total"`
	Activities   []activityModel `tfsdk:"activities"`
}

type activityModel struct {
	ID               types.Int64            `tfsdk:"id"`
	ModelType        types.String           `tfsdk:"model_type"`
	ModelID          types.String           `tfsdk:"model_id"`
	NotificationType types.String           `tfsdk:"notification_type"`
	Read             types.Bool             `tfsdk:"read"`
	Metadata         *activityMetadataModel `tfsdk:"metadata"`
	MetadataJSON     jsontypes.Normalized   `tfsdk:"metadata_json"`
	CreatedAt        types.String           `tfsdk:"created_at"`
	UpdatedAt        types.String           `tfsdk:"updated_at"`
	ActionBy         *personModel           `tfsdk:"action_by"`
	TargetUser       *personModel           `tfsdk:"target_user"`
}

type activityMetadataModel struct {
	DataSourceName types.String `tfsdk:"data_source_name"`
	Activity       types.String `tfsdk:"activity"`
	Action         types.String `tfsdk:"action"`
}

type personModel struct {
	ID    types.Int64  `tfsdk:"id"`
	Name  types.String `tfsdk:"name"`
	Email types.String `tfsdk:"email"`
}

func activitiesSchema() schema.Schema {
	person := map[string]schema.Attribute{
		"id":    tf.NumberAnswer("Id of the profile."),
		"name":  tf.TextAnswer("Name."),
		"email": tf.TextAnswer("E-mail address; null if there is none."),
	}
	return schema.Schema{
		MarkdownDescription: "Lists what happened to a data source lately: who joined or left, which policies came or went. The result is read " +
			"page by page.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"max_results":    tf.MaxResultsArgument(),
			"total":          tf.TotalAnswer("How many activities there are; null if the tenant does not say."),
			"activities": tf.ListAnswer("The activities, in Immuta's order.", map[string]schema.Attribute{
				"id":                tf.NumberAnswer("Id of the activity."),
				"model_type":        tf.TextAnswer("What it is about, such as `datasource`."),
				"model_id":          tf.TextAnswer("Id of what it is about."),
				"notification_type": tf.TextAnswer("What happened, such as `modelUserDeleted`."),
				"read":              tf.BoolAnswer("Whether the API key's user has read it."),
				"metadata": tf.ObjectAnswer("What is known of the details.", map[string]schema.Attribute{
					"data_source_name": tf.TextAnswer("Name of the data source at that time."),
					"activity":         tf.TextAnswer("Kind of activity, such as `access`."),
					"action":           tf.TextAnswer("What was done, such as `revoked`."),
				}),
				"metadata_json": tf.JSONAnswer("All details; they differ by `notification_type`."),
				"created_at":    tf.TextAnswer("When it happened (RFC 3339, UTC)."),
				"updated_at":    tf.TextAnswer("When it was last changed (RFC 3339, UTC)."),
				"action_by":     tf.ObjectAnswer("Who did it; null if nobody in particular.", person),
				"target_user":   tf.ObjectAnswer("Whom it was done to, or who was notified; null if nobody in particular.", person),
			}),
		},
	}
}

func readActivities(ctx context.Context, r *tf.Reading, m *activitiesModel) error {
	found, err := r.Client.Activities(ctx, m.DataSourceID.ValueInt64(), m.MaxResults.ValueInt64())
	m.Activities, m.Total = tf.Each(found.Items, activityFromAPI), tf.Total(found)
	r.WarnUnsettled(found.Unsettled)
	return err
}

func activityFromAPI(a immuta.Activity) activityModel {
	m := activityModel{
		ID:               tf.IntOrNull(a.ID),
		ModelType:        tf.LenientText(a.ModelType),
		ModelID:          tf.LenientText(a.ModelID),
		NotificationType: tf.LenientText(a.NotificationType),
		Read:             tf.LenientBool(a.Read),
		MetadataJSON:     tf.LenientJSON(a.Metadata),
		CreatedAt:        tf.LenientText(a.CreatedAt),
		UpdatedAt:        tf.LenientText(a.UpdatedAt),
		ActionBy:         personFromAPI(a.ActionBy),
		TargetUser:       personFromAPI(a.TargetUser),
	}
	if a.Metadata.Value != nil {
		details := a.Details()
		m.Metadata = &activityMetadataModel{
			DataSourceName: tf.LenientText(details.DataSourceName),
			Activity:       tf.LenientText(details.Activity),
			Action:         tf.LenientText(details.Action),
		}
	}
	return m
}

func personFromAPI(p immuta.Lenient[immuta.Person]) *personModel {
	if p.Value == nil {
		return nil
	}
	return &personModel{ID: tf.LenientInt(p.Value.ID), Name: tf.LenientText(p.Value.Name), Email: tf.LenientText(p.Value.Email)}
}
