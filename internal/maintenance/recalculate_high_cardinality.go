package maintenance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewRecalculateHighCardinality is the action immuta_recalculate_high_cardinality.
func NewRecalculateHighCardinality() action.Action {
	return tf.Action[sourceModel]{
		Name: "immuta_recalculate_high_cardinality",
		Schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "Has Immuta find the column of a data source with the most distinct values, its high cardinality column, anew: " +
					"for example after the remote table got much more data. The job runs in the background, and the action does not wait for it; " +
					"its result is `high_cardinality_column` of the data source's resource, and `immuta_check_data_source_health` tells whether " +
					"it worked.",
				Attributes: sourceAttributes("Id of the data source. Its technology and handler are looked up."),
			}
		},
		Attempted: func(m *sourceModel) string {
			return fmt.Sprintf("Recalculating the high cardinality column of data source %d", m.id())
		},
		Subject: dataSourceID,
		Run:     recalculateHighCardinality,
	}.New()
}

// sourceModel is the model of the actions on one data source.
type sourceModel struct {
	DataSourceID types.Int64 `tfsdk:"data_source_id"`
}

func (m *sourceModel) id() int64 { return m.DataSourceID.ValueInt64() }

func sourceAttributes(description string) map[string]schema.Attribute {
	return map[string]schema.Attribute{dataSourceID: requiredID(description)}
}

func recalculateHighCardinality(ctx context.Context, r *tf.Running, m *sourceModel) error {
	source, ref, err := handlerOf(ctx, r, m.id())
	if err != nil {
		return err
	}
	run, err := r.Client.RecalculateHighCardinality(ctx, ref)
	if err != nil {
		return noSuchJob(err, source)
	}
	r.Progress("Immuta recalculates the high cardinality column of data source %d (%s) in job %s.", m.id(), source.Name, run)
	return nil
}
