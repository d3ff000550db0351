package maintenance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewRefreshNativeView is the action immuta_refresh_native_view.
func NewRefreshNativeView() action.Action {
	return tf.Action[sourceModel]{
		Name: "immuta_refresh_native_view",
		Schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "Has Immuta write the view of a data source in its remote platform anew, for example after somebody dropped it " +
					"there. The job runs in the background, and the action does not wait for it. Databricks and S3 have no such job; " +
					"`immuta_refresh_native_views` refreshes several views at once.",
				Attributes: sourceAttributes("Id of the data source. Its technology and handler are looked up."),
			}
		},
		Attempted: func(m *sourceModel) string {
			return fmt.Sprintf("Refreshing the native view of data source %d", m.id())
		},
		Subject: dataSourceID,
		Run:     refreshNativeView,
	}.New()
}

func refreshNativeView(ctx context.Context, r *tf.Running, m *sourceModel) error {
	source, ref, err := handlerOf(ctx, r, m.id())
	if err != nil {
		return err
	}
	run, err := r.Client.RefreshNativeView(ctx, ref)
	if err != nil {
		return noSuchJob(err, source)
	}
	r.Progress("Immuta refreshes the native view of data source %d (%s) in job %s.", m.id(), source.Name, run)
	return nil
}

// handlerOf looks up which handler a data source has.
func handlerOf(ctx context.Context, r *tf.Running, id int64) (*immuta.Source, immuta.HandlerRef, error) {
	source, err := r.Client.Source(ctx, id)
	if err != nil {
		return nil, immuta.HandlerRef{}, err
	}
	ref, ok := source.Handler()
	if !ok {
		err = tf.At(dataSourceID, tf.Advise(fmt.Errorf("data source %d (%s) has no handler that Immuta shows", id, source.Technology),
			"The job belongs to a handler. Check in Immuta whether the data source is complete, and of which technology it is."))
	}
	return source, ref, err
}

// noSuchJob explains that a technology does not have a job.
func noSuchJob(err error, source *immuta.Source) error {
	if !immuta.IsMissingRoute(err) {
		return err
	}
	return tf.At(dataSourceID, tf.Advise(err, fmt.Sprintf("Immuta has no such job for data sources of the technology %s.", source.Technology)))
}
