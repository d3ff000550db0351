package maintenance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// again is advice for a deletion, which is not the same a second time.
const again = "Nothing is deleted a second time without need: invoke the action again only for the data sources that are still there."

// bulkDelete deletes data sources in one call that is sent once, and looks what became of each. All of them have to exist before.
func bulkDelete(ctx context.Context, r *tf.Running, m *bulkModel, update immuta.BulkUpdate, of work) error {
	disabled := make(map[int64]bool, len(update.SourceIDs))
	var mu sync.Mutex
	exist := lookAt(ctx, work{ids: update.SourceIDs, look: func(ctx context.Context, id int64) (sight, error) {
		source, err := r.Client.Source(ctx, id)
		if err != nil {
			return sight{}, err
		}
		mu.Lock()
		defer mu.Unlock()
		disabled[id] = bool(source.Deleted)
		return sight{done: true}, nil
	}})
	if missing := exist.open(); len(missing) > 0 {
		return tf.At(dataSourceIDs, tf.Advise(fmt.Errorf("not all of the data sources can be read, and nothing was deleted:\n%s",
			strings.Join(shortened(missing), "\n")), "Give ids of data sources that exist and are visible to the API key's user."))
	}
	started, err := r.Client.BulkUpdate(ctx, update)
	if err != nil && !immuta.IsUncertain(err) {
		return explain(err)
	}
	if err == nil {
		announce(r, started)
		if !m.Wanted() {
			return nil
		}
		err = deletionJobs(ctx, r, started, disabled)
	}
	return sayDeleted(ctx, r, of, err)
}

// deletionJobs waits for the jobs, and returns what speaks against their work.
func deletionJobs(ctx context.Context, r *tf.Running, started immuta.Started, disabled map[int64]bool) error {
	finished, err := follow(ctx, r, started)
	if len(finished.Failed) > 0 {
		return fmt.Errorf("%d of %d jobs failed:\n%s", len(finished.Failed), finished.Jobs, strings.Join(shortened(finished.Failed), "\n"))
	}
	if _, untold := errors.AsType[*immuta.UntoldError](err); untold {
		return awaitDeletion(ctx, r, disabled)
	}
	return err
}

// awaitDeletion waits until no data source is as it was any more, live or disabled, where the tenant does not tell of its jobs.
func awaitDeletion(ctx context.Context, r *tf.Running, disabled map[int64]bool) error {
	ids := slices.Collect(maps.Keys(disabled))
	r.Progress("This tenant does not tell of its jobs, so the data sources are looked at.")
	err := r.Client.Poll(ctx, func(ctx context.Context) (bool, error) {
		return lookAt(ctx, work{ids: ids, look: func(ctx context.Context, id int64) (sight, error) {
			source, err := r.Client.Source(ctx, id)
			return sight{done: err == nil && bool(source.Deleted) != disabled[id]}, err
		}}).settled(), ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("not all of the data sources have changed: %w", context.Cause(ctx))
	}
	return nil
}

// sayDeleted looks what became of each data source. What speaks against the deletion is an error unless all of them are gone.
func sayDeleted(ctx context.Context, r *tf.Running, of work, doubt error) error {
	ctx, cancel := immuta.LookupContext(ctx)
	defer cancel()
	after := lookAt(ctx, of)
	open := after.open()
	r.Progress("%d of %d data sources are deleted for good.", len(after)-len(open), len(after))
	if len(open) == 0 {
		return nil
	}
	found := strings.Join(shortened(open), "\n")
	if doubt != nil {
		return tf.Advise(fmt.Errorf("%w\n\nData sources that are not deleted for good:\n%s", doubt, found), again)
	}
	r.Warn("Data sources are not deleted for good",
		fmt.Sprintf("Immuta's jobs are done, but:\n%s\n\nInvoke the action again to delete what is disabled.", found))
	return nil
}
