package maintenance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/actionvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/boolvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDetectRemoteChanges is the action immuta_detect_remote_changes.
func NewDetectRemoteChanges() action.Action {
	const evolution = "schema_evolution_id"
	validators := []action.ConfigValidator{
		actionvalidator.Conflicting(path.MatchRoot(dataSourceIDs), path.MatchRoot(evolution)),
	}
	for _, key := range []string{"hostname", "port", "database", "table"} {
		validators = append(validators,
			actionvalidator.Conflicting(path.MatchRoot(dataSourceIDs), path.MatchRoot(key)),
			actionvalidator.Conflicting(path.MatchRoot(evolution), path.MatchRoot(key)))
	}
	return tf.Action[detectionModel]{
		Name:       "immuta_detect_remote_changes",
		Schema:     detectionSchema,
		Validators: validators,
		Attempted:  func(m *detectionModel) string { return "Detecting remote changes " + m.scope() },
		Waiting:    func(m *detectionModel) *tf.Waiting { return &m.Waiting },
		Run:        detectRemoteChanges,
	}.New()
}

type detectionModel struct {
	tf.Waiting

	DataSourceIDs       types.Set    `tfsdk:"data_source_ids"`
	Hostname            types.String `tfsdk:"hostname"`
	Port                types.Int64  `tfsdk:"port"`
	Database            types.String `tfsdk:"database"`
	Table               types.String `tfsdk:"table"`
	SchemaEvolutionID   types.Int64  `tfsdk:"schema_evolution_id"`
	SkipColumnDetection types.Bool   `tfsdk:"skip_column_detection"`
	HTTPPath            types.String `tfsdk:"http_path"`
}

func detectionSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Has Immuta look for new tables and changed columns in remote platforms (schema monitoring), for example after a " +
			"migration. Give one scope: `data_source_ids`, or some of `hostname`, `port`, `database` and `table`, or `schema_evolution_id`.\n\n" +
			"~> **Without a scope, all of the tenant is looked at**, which takes the permission `USER_ADMIN` and may take long.",
		Attributes: tf.WaitArguments(map[string]schema.Attribute{
			dataSourceIDs: sourceIDs("Ids of the data sources whose columns are looked at.", false),
			"hostname":    optionalText("Host name of the server that is looked at, as the data sources have it.", tf.HostName()),
			"port":        optionalPort("TCP port of the server."),
			"database": optionalText("Database that is looked at. For data sources of Immuta's V1 API, as this provider registers them, only " +
				"schemas that are registered already are looked at."),
			"table": optionalText("Name of the remote table whose columns are looked at."),
			"schema_evolution_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the schema evolution record whose tables are looked at: `schema_evolution_id` of the data source " +
					"`immuta_data_source`.",
				Optional: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"skip_column_detection": schema.BoolAttribute{
				MarkdownDescription: "Whether to look for new tables only, and not at the columns of those that are known. Only with " +
					"`schema_evolution_id`. Default: `false`.",
				Optional: true, Validators: []validator.Bool{boolvalidator.AlsoRequires(path.MatchRoot("schema_evolution_id"))},
			},
			"http_path": optionalText("HTTP path of the cluster to use, on tenants with ephemeral overrides of Databricks. Default: the data " +
				"sources' own."),
		}),
	}
}

// scope says where is looked.
func (m *detectionModel) scope() string {
	switch {
	case len(idsIn(m.DataSourceIDs)) > 0:
		return "of " + count(idsIn(m.DataSourceIDs))
	case !m.SchemaEvolutionID.IsNull():
		return fmt.Sprintf("of schema evolution record %d", m.SchemaEvolutionID.ValueInt64())
	case m.Hostname.IsNull() && m.Port.IsNull() && m.Database.IsNull() && m.Table.IsNull():
		return "in all of the tenant"
	default:
		return "on a server"
	}
}

func (m *detectionModel) toAPI() immuta.Detection {
	detection := immuta.Detection{
		SourceIDs: idsIn(m.DataSourceIDs), Hostname: m.Hostname.ValueString(), Port: m.Port.ValueInt64(),
		Database: m.Database.ValueString(), Table: m.Table.ValueString(), SchemaEvolutionID: m.SchemaEvolutionID.ValueInt64(),
		SkipColumnDetection: m.SkipColumnDetection.ValueBool(),
	}
	if !m.HTTPPath.IsNull() {
		detection.Overrides = &immuta.DetectionOverrides{HTTPPath: m.HTTPPath.ValueString()}
	}
	return detection
}

func detectRemoteChanges(ctx context.Context, r *tf.Running, m *detectionModel) error {
	started, err := r.Client.DetectRemoteChanges(ctx, m.toAPI())
	if err != nil {
		return explain(err)
	}
	// What is found, if anything, shows in the columns and in new data sources: no look at one tells that nothing is missing.
	return await(ctx, r, &m.Waiting, started, work{})
}
