package maintenance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewRefreshNativeViews is the action immuta_refresh_native_views.
func NewRefreshNativeViews() action.Action {
	return tf.Action[viewsModel]{
		Name: "immuta_refresh_native_views",
		Schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "Has Immuta write the views of several data sources in their remote platforms anew, and with them its policies " +
					"and grants there. Immuta works in the background and returns nothing to follow that by, so the action does not wait.",
				Attributes: map[string]schema.Attribute{dataSourceIDs: sourceIDs("Ids of the data sources.", true)},
			}
		},
		Attempted: func(m *viewsModel) string {
			return fmt.Sprintf("Refreshing the native views of %s", count(idsIn(m.DataSourceIDs)))
		},
		Subject: dataSourceIDs,
		Run:     refreshNativeViews,
	}.New()
}

type viewsModel struct {
	DataSourceIDs types.Set `tfsdk:"data_source_ids"`
}

func refreshNativeViews(ctx context.Context, r *tf.Running, m *viewsModel) error {
	ids := idsIn(m.DataSourceIDs)
	err := r.Client.RefreshNativeViews(ctx, ids)
	if immuta.IsUncertain(err) {
		return tf.Advise(err, "No answer to trust came, so Immuta may be refreshing the views. Invoking the action again does no harm.")
	}
	if err == nil {
		r.Progress("Immuta refreshes the native views of %s.", count(ids))
	}
	return err
}

// count says how many data sources there are, and which if it is one.
func count(ids []int64) string {
	if len(ids) == 1 {
		return fmt.Sprintf("data source %d", ids[0])
	}
	return fmt.Sprintf("%d data sources", len(ids))
}
