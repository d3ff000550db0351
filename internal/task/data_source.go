package task

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

// NewDataSource is the data source immuta_data_source_tasks.
func NewDataSource() datasource.DataSource {
	return tf.DataSource[tasksModel]{
		Name:   "immuta_data_source_tasks",
		Schema: tasksSchema,
		Attempted: func(m *tasksModel) string {
			return fmt.Sprintf("Reading the tasks of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readTasks,
	}.New()
}

// taskTypes are the types of task that are documented.
var taskTypes = []string{"unmask", "dataSourceCreated", "columnAdded", "columnDeleted", "columnTypeChanged"}

type tasksModel struct {
	tf.ReadTimeout

	DataSourceID        types.Int64  `tfsdk:"data_source_id"`
	States              []string     `tfsdk:"states"`
	TargetProfileID     types.Int64  `tfsdk:"target_profile_id"`
	RequestingProfileID types.Int64  `tfsdk:"requesting_profile_id"`
	ProfileID           types.Int64  `tfsdk:"profile_id"`
	SearchText          types.String `tfsdk:"search_text"`
	SearchModel         types.String `tfsdk:"search_model"`
	Types               []string     `tfsdk:"types"`
	SortField           types.String `tfsdk:"sort_field"`
	SortOrder           types.String `tfsdk:"sort_order"`
	CountOnly           types.Bool   `tfsdk:"count_only"`
	MaxResults          types.Int64  `tfsdk:"max_results"`
	Total               types.Int64  `tfsdk:"total"`
	Tasks               []rowModel   `tfsdk:"tasks"`
}

// rowModel is a task in a list.
type rowModel struct {
	ID             types.Int64          `tfsdk:"id"`
	State          types.String         `tfsdk:"state"`
	Type           types.String         `tfsdk:"type"`
	TargetNames    types.String         `tfsdk:"target_names"`
	TargetEmails   types.String         `tfsdk:"target_emails"`
	RequesterJSON  jsontypes.Normalized `tfsdk:"requester_json"`
	DataSourceJSON jsontypes.Normalized `tfsdk:"data_source_json"`
	MetadataJSON   jsontypes.Normalized `tfsdk:"metadata_json"`
	CreatedAt      types.String         `tfsdk:"created_at"`
	UpdatedAt      types.String         `tfsdk:"updated_at"`
}

func tasksSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the tasks about a data source that the API key's user has made, or may approve or deny. The result is read " +
			"page by page. Reading a task completes nothing.",
		Attributes: map[string]schema.Attribute{
			"data_source_id":        tf.DataSourceIDArgument(),
			"states":                tf.WordsArgument("States of tasks: `pending` or `completed`.", immuta.TaskPending, immuta.TaskCompleted),
			"target_profile_id":     tf.IDArgument("Profile that is asked to do something."),
			"requesting_profile_id": tf.IDArgument("Profile that asks."),
			"profile_id":            tf.IDArgument("Profile that asks or is asked."),
			"search_text":           tf.TextArgument("Text to look for."),
			"search_model":          tf.TextArgument("What `search_text` is looked for in, in Immuta's words."),
			"types":                 taskTypesArgument(),
			"sort_field":            tf.TextArgument("What to sort by, in Immuta's words, such as `createdAt`."),
			"sort_order":            tf.SortOrderArgument(),
			"count_only":            tf.BoolArgument("Whether to read nothing but how many there are. Default: `false`."),
			"max_results":           tf.MaxResultsArgument(),
			"total":                 tf.TotalAnswer("How many tasks fit; null if the tenant does not say."),
			"tasks":                 tf.ListAnswer("The tasks, in the order that was asked for; null with `count_only`.", rowAnswers()),
		},
	}
}

func taskTypesArgument() schema.SetAttribute {
	return tf.WordsArgument("Types of tasks: `unmask`, `dataSourceCreated`, `columnAdded`, `columnDeleted` or `columnTypeChanged`.",
		taskTypes...)
}

func rowAnswers() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":               tf.NumberAnswer("Id of the task."),
		"state":            tf.TextAnswer("`pending` or `completed`."),
		"type":             tf.TextAnswer("Type of the task, such as `unmask`."),
		"target_names":     tf.TextAnswer("Names of those who are asked."),
		"target_emails":    tf.TextAnswer("E-mail addresses of those who are asked."),
		"requester_json":   tf.JSONAnswer("Who asks."),
		"data_source_json": tf.JSONAnswer("The data source that it is about."),
		"metadata_json":    tf.JSONAnswer("What it is about; differs by type."),
		"created_at":       tf.TextAnswer("When the task was made (RFC 3339, UTC); null if the tenant does not say."),
		"updated_at":       tf.TextAnswer("When the task was last changed (RFC 3339, UTC); null if the tenant does not say."),
	}
}

func readTasks(ctx context.Context, r *tf.Reading, m *tasksModel) error {
	id := m.DataSourceID.ValueInt64()
	if m.CountOnly.ValueBool() {
		count, err := r.Client.CountTasks(ctx, id, m.search())
		m.Total = tf.LenientInt(count)
		return err
	}
	found, err := r.Client.FindTasks(ctx, id, m.search(), m.MaxResults.ValueInt64())
	m.Tasks, m.Total = tf.Each(found.Items, rowFromAPI), tf.Total(found)
	r.WarnUnsettled(found.Unsettled)
	return err
}

func (m *tasksModel) search() immuta.TaskSearch {
	return immuta.TaskSearch{
		States:              m.States,
		TargetProfileID:     m.TargetProfileID.ValueInt64Pointer(),
		RequestingProfileID: m.RequestingProfileID.ValueInt64Pointer(),
		ProfileID:           m.ProfileID.ValueInt64Pointer(),
		Text:                m.SearchText.ValueString(),
		Model:               m.SearchModel.ValueString(),
		Types:               m.Types,
		SortField:           m.SortField.ValueString(),
		SortOrder:           m.SortOrder.ValueString(),
	}
}

func rowFromAPI(t immuta.TaskRow) rowModel {
	return rowModel{
		ID:             tf.IntOrNull(t.ID),
		State:          tf.LenientText(t.State),
		Type:           tf.LenientText(t.Type),
		TargetNames:    tf.LenientText(immuta.Targets(t.TargetNames)),
		TargetEmails:   tf.LenientText(immuta.Targets(t.TargetEmails)),
		RequesterJSON:  tf.LenientJSON(t.Requester),
		DataSourceJSON: tf.LenientJSON(t.DataSource),
		MetadataJSON:   tf.LenientJSON(t.Metadata),
		CreatedAt:      tf.LenientText(t.CreatedAt),
		UpdatedAt:      tf.LenientText(t.UpdatedAt),
	}
}
