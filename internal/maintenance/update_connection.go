package maintenance

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/actionvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewUpdateConnection is the constructor of the action immuta_update_connection, for the connections of these technologies.
func NewUpdateConnection(technologies map[string]tf.Connection) func() action.Action {
	return tf.Action[connectionModel]{
		Name:   "immuta_update_connection",
		Schema: func() schema.Schema { return connectionSchema(slices.Sorted(maps.Keys(technologies))) },
		Validators: []action.ConfigValidator{
			actionvalidator.ExactlyOneOf(path.MatchRoot(dataSourceIDs), path.MatchRoot("connection_string")),
			serverValidator(technologies),
		},
		Attempted: func(m *connectionModel) string { return "Updating the connection of " + m.scope() },
		Waiting:   func(m *connectionModel) *tf.Waiting { return &m.Waiting },
		Secrets:   func(m *connectionModel) []string { return secretsIn(m.Server) },
		Run: func(ctx context.Context, r *tf.Running, m *connectionModel) error {
			return updateConnection(ctx, r, m, technologies[m.Technology.ValueString()])
		},
	}.New
}

type connectionModel struct {
	tf.Waiting

	Technology       types.String `tfsdk:"technology"`
	DataSourceIDs    types.Set    `tfsdk:"data_source_ids"`
	ConnectionString types.String `tfsdk:"connection_string"`
	Server           types.Object `tfsdk:"server"`
}

func connectionSchema(technologies []string) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Changes how Immuta reaches the remote tables of many data sources at once, such as a password or a warehouse. " +
			"Only what `server` gives is changed.\n\n" +
			"Data sources that Terraform manages show drift in the next plan, unless their configuration has the same values: use this for those " +
			"that it does not manage, or to rotate a secret everywhere.\n\n" +
			"~> **Secrets are plain arguments here.** Terraform does not allow write-only arguments in actions yet. Feed them from variables that " +
			"are marked `sensitive`; an action's configuration is kept in no state, but it is in saved plans.",
		Attributes: tf.WaitArguments(map[string]schema.Attribute{
			"technology": requiredText("Technology of the data sources: `snowflake`, `databricks`, `redshift`, `trino` or `azure_synapse`.",
				stringvalidator.OneOf(technologies...)),
			dataSourceIDs: sourceIDs("Ids of the data sources. Either this or `connection_string`.", false),
			"connection_string": optionalText("The connection whose data sources are changed, all of them, as Immuta writes it: " +
				"`user@host:port/database`. The function `connection_string` builds one."),
			"server": schema.SingleNestedAttribute{
				MarkdownDescription: "What to change. Every key is optional, but at least one is needed. What is left out stays as it is.",
				Required:            true,
				Attributes:          serverAttributes(),
			},
		}),
	}
}

// scope says whose connection it is.
func (m *connectionModel) scope() string {
	if ids := idsIn(m.DataSourceIDs); len(ids) > 0 {
		return count(ids)
	}
	return fmt.Sprintf("the data sources at %q", m.ConnectionString.ValueString())
}

func updateConnection(ctx context.Context, r *tf.Running, m *connectionModel, of tf.Connection) error {
	ids, selector, changes := idsIn(m.DataSourceIDs), m.ConnectionString.ValueString(), serverToAPI(m.Server, of.Keys)
	affected := ids
	if len(ids) == 0 {
		// Afterwards they may have another connection string.
		affected = sourcesAt(ctx, r, selector)
	}
	job := work{ids: affected}
	if len(affected) > 0 {
		job.look = func(ctx context.Context, id int64) (sight, error) {
			shown, known, differs, err := r.Client.ShowsConnection(ctx, id, changes)
			return sight{done: shown, untold: !known, instead: differs + " has another value"}, err
		}
	}
	started, err := r.Client.UpdateConnection(ctx, of.Prefix, ids, selector, changes)
	if err != nil {
		return refused(ctx, r, err, job)
	}
	if started.Jobs.Value != nil && *started.Jobs.Value == 0 {
		at := dataSourceIDs
		if len(ids) == 0 {
			at = "connection_string"
		}
		return tf.At(at, tf.Advise(fmt.Errorf("no job was started: Immuta has no such data source of the technology %s",
			m.Technology.ValueString()), "Check technology and "+at+". Each data source shows its connection string as Immuta writes it."))
	}
	return await(ctx, r, &m.Waiting, started, job)
}

// sourcesAt are the data sources with a connection string, so that they can be looked at. They are of no other use, so an error
// fails nothing: then there is nothing to look at.
func sourcesAt(ctx context.Context, r *tf.Running, connectionString string) []int64 {
	rows, err := r.Client.FindSources(ctx, immuta.Search{ConnectionStrings: []string{connectionString}}, 0)
	if err != nil {
		return nil
	}
	return tf.Each(rows.Items, func(row immuta.SourceRow) int64 { return int64(row.ID) })
}
