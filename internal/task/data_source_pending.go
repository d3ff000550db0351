package task

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewPendingDataSource is the data source immuta_pending_tasks.
func NewPendingDataSource() datasource.DataSource {
	return tf.DataSource[pendingModel]{
		Name:      "immuta_pending_tasks",
		Schema:    pendingSchema,
		Attempted: func(*pendingModel) string { return "Reading the pending tasks of the API key's user" },
		Read:      readPending,
	}.New()
}

type pendingModel struct {
	tf.ReadTimeout

	SearchText                      types.String         `tfsdk:"search_text"`
	SearchModel                     types.String         `tfsdk:"search_model"`
	Types                           []string             `tfsdk:"types"`
	SchemaEvolutionConnectionString types.String         `tfsdk:"schema_evolution_connection_string"`
	CountBySchemaEvolution          types.Bool           `tfsdk:"count_by_schema_evolution"`
	CountByDataSource               types.Bool           `tfsdk:"count_by_data_source"`
	CountOnly                       types.Bool           `tfsdk:"count_only"`
	GroupByDataSource               types.Bool           `tfsdk:"group_by_data_source"`
	Incoming                        []pendingRowModel    `tfsdk:"incoming"`
	Outgoing                        []pendingRowModel    `tfsdk:"outgoing"`
	IncomingJSON                    jsontypes.Normalized `tfsdk:"incoming_json"`
	OutgoingJSON                    jsontypes.Normalized `tfsdk:"outgoing_json"`
}

type pendingRowModel struct {
	rowModel
	Total        types.Int64 `tfsdk:"total"`
	DataSourceID types.Int64 `tfsdk:"data_source_id"`
}

func pendingSchema() schema.Schema {
	row := rowAnswers()
	maps.Copy(row, map[string]schema.Attribute{
		"total": tf.NumberAnswer("How many tasks the row stands for; null if the tenant does not say."),
		"data_source_id": tf.NumberAnswer("Id of the data source that the row is about, with `count_by_data_source` or `group_by_data_source`; " +
			"null otherwise."),
	})
	return schema.Schema{
		MarkdownDescription: "Lists the pending tasks that the API key's user is asked to do (`incoming`) or has asked others to do " +
			"(`outgoing`). The result is read page by page. Reading a task completes nothing.\n\n" +
			"What Immuta returns when it is asked to count or to group is not documented: it is in `incoming_json` and `outgoing_json` as it " +
			"came, and as far as it can be understood in the attributes.",
		Attributes: map[string]schema.Attribute{
			"search_text": tf.TextArgument("Text to look for."),
			"search_model": tf.WordArgument("What `search_text` is looked for in: `dataSource` or `schemaEvolution`.",
				"dataSource", "schemaEvolution"),
			"types":                              taskTypesArgument(),
			"schema_evolution_connection_string": tf.TextArgument("Connection of the schema monitoring, as Immuta writes it."),
			"count_by_schema_evolution": tf.BoolArgument("Whether to read only how many there are for each schema monitoring. Immuta's " +
				"default: `false`."),
			"count_by_data_source": tf.BoolArgument("Whether to read only how many there are for each data source. Immuta's " +
				"default: `false`."),
			"count_only":           tf.BoolArgument("Whether to read only how many there are. Immuta's default: `false`."),
			"group_by_data_source": tf.BoolArgument("Whether to group them by data source. Immuta's default: `false`."),
			"incoming":             tf.ListAnswer("What the user is asked to do; null if it is no list.", row),
			"outgoing":             tf.ListAnswer("What the user has asked others to do; null if it is no list.", row),
			"incoming_json":        tf.JSONAnswer("All that is returned about incoming tasks."),
			"outgoing_json":        tf.JSONAnswer("All that is returned about outgoing tasks."),
		},
	}
}

func readPending(ctx context.Context, r *tf.Reading, m *pendingModel) error {
	tasks, err := r.Client.PendingTasks(ctx, immuta.PendingSearch{
		Text:                            m.SearchText.ValueString(),
		Model:                           m.SearchModel.ValueString(),
		Types:                           m.Types,
		SchemaEvolutionConnectionString: m.SchemaEvolutionConnectionString.ValueString(),
		CountBySchemaEvolution:          m.CountBySchemaEvolution.ValueBoolPointer(),
		CountByDataSource:               m.CountByDataSource.ValueBoolPointer(),
		CountOnly:                       m.CountOnly.ValueBoolPointer(),
		GroupByDataSource:               m.GroupByDataSource.ValueBoolPointer(),
	})
	m.Incoming, m.IncomingJSON = pendingFromAPI(tasks.Incoming)
	m.Outgoing, m.OutgoingJSON = pendingFromAPI(tasks.Outgoing)
	return err
}

func pendingFromAPI(side immuta.PendingSide) ([]pendingRowModel, jsontypes.Normalized) {
	whole := jsontypes.NewNormalizedNull()
	if len(side.JSON) > 0 {
		whole = jsontypes.NewNormalizedValue(string(side.JSON))
	}
	if side.Rows == nil {
		return nil, whole
	}
	return tf.Each(side.Rows, func(t immuta.PendingTask) pendingRowModel {
		return pendingRowModel{rowModel: rowFromAPI(t.TaskRow), Total: tf.LenientInt(t.Count), DataSourceID: tf.LenientInt(t.DataSourceID)}
	}), whole
}
