package maintenance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// sight is what a look at a data source shows of work in the background.
type sight struct {
	done bool
	// untold says that the data source shows neither that the work is done nor that it is not.
	untold bool
	// instead is what is so instead, if the work is not done.
	instead string
}

// work is what Immuta was asked to do to data sources.
type work struct {
	ids []int64
	// look tells whether it is done to one of them; nil where no look can tell.
	look func(ctx context.Context, id int64) (sight, error)
}

// await waits until Immuta is done, if the user wants that. Jobs do not say which data source they are about, so where not all of
// them are known to have done their work, the data sources are looked at.
func await(ctx context.Context, r *tf.Running, w *tf.Waiting, started immuta.Started, of work) error {
	announce(r, started)
	if !w.Wanted() {
		return nil
	}
	finished, err := follow(ctx, r, started)
	_, untold := errors.AsType[*immuta.UntoldError](err)
	switch {
	case err == nil && len(finished.Failed) == 0:
		return nil
	case err != nil && !untold:
		if len(finished.Failed) > 0 {
			err = fmt.Errorf("%w\n\nJobs that have failed so far:\n%s", err, strings.Join(shortened(finished.Failed), "\n"))
		}
		return tf.Advise(err, "Allow a longer timeout, or look into Immuta to see what becomes of it. "+harmless)
	case of.look == nil && len(finished.Failed) == 0:
		r.Warn("Whether the work is done is not known", err.Error()+". Look into Immuta to see what became of it.")
		return nil
	}
	if untold && of.look != nil && len(finished.Failed) == 0 {
		return awaitSources(ctx, r, of, err)
	}
	return failure(ctx, finished, of)
}

func announce(r *tf.Running, started immuta.Started) {
	if started.BulkID == "" {
		r.Progress("Immuta has started the work.")
		return
	}
	r.Progress("Immuta has started the work (bulk operation %s).", r.Client.Show(started.BulkID))
}

// follow waits for the jobs, and tells how many of them are done.
func follow(ctx context.Context, r *tf.Running, started immuta.Started) (immuta.Finished, error) {
	return r.Client.Await(ctx, started, func(done, all int) { r.Progress("%d of %d jobs are done.", done, all) })
}

// refused deals with the failure to start work. An answer that is lost, or cannot be trusted, leaves it open whether the work was
// started: then one look at the data sources is taken, which is success if they all show that it is done.
func refused(ctx context.Context, r *tf.Running, err error, of work) error {
	if !immuta.IsUncertain(err) || of.look == nil {
		return explain(err)
	}
	ctx, cancel := immuta.LookupContext(ctx)
	defer cancel()
	seen := lookAt(ctx, of)
	open := seen.open()
	if len(open) == 0 {
		r.Progress("No answer to trust came, but the data sources show that it is done.")
		return nil
	}
	return explain(fmt.Errorf("%w\n\nWhat the data sources show now:\n%s", err, strings.Join(shortened(open), "\n")))
}

// harmless is advice for work that means the same however often it is asked for.
const harmless = "Invoking the action again does no harm to what is done already."

// failure says which jobs failed and, data source by data source, what is done and what is not.
func failure(ctx context.Context, finished immuta.Finished, of work) error {
	texts := []string{fmt.Sprintf("%d of %d jobs failed", len(finished.Failed), finished.Jobs)}
	texts = append(texts, shortened(finished.Failed)...)
	if of.look != nil {
		texts = append(texts, "", "Data source by data source:")
		seen := lookAt(ctx, of)
		texts = append(texts, slices.Concat(shortened(seen.open()), shortened(seen.done()))...)
	}
	return tf.Advise(errors.New(strings.Join(texts, "\n")), "Correct what Immuta names, then invoke the action again. "+harmless)
}

// awaitSources waits until the data sources show that the work is done, where the tenant does not tell of its jobs.
func awaitSources(ctx context.Context, r *tf.Running, of work, untold error) error {
	r.Progress("This tenant does not tell of its jobs, so the data sources are looked at.")
	var seen sights
	err := r.Client.Poll(ctx, func(ctx context.Context) (bool, error) {
		seen = lookAt(ctx, of)
		return seen.settled(), nil
	})
	found := strings.Join(shortened(seen.open()), "\n")
	switch {
	case found == "":
		r.Progress("It is done.")
		return nil
	case err != nil || seen.failed():
		return tf.Advise(fmt.Errorf("%w:\n%s", errors.Join(context.Cause(ctx), untold), found),
			"Correct what Immuta names, allow a longer timeout, or look into Immuta to see what becomes of it. "+harmless)
	default:
		r.Warn("Whether the work is done is not known", untold.Error()+":\n"+found)
		return nil
	}
}

// seen is what became of one data source.
type seen struct {
	id int64
	sight
	err error
}

type sights []seen

// lookAt looks at all of the data sources, side by side: the client bounds how many requests are under way.
func lookAt(ctx context.Context, of work) sights {
	all := make(sights, len(of.ids))
	var group errgroup.Group
	group.SetLimit(immuta.DefaultMaxConcurrentRequests)
	for i, id := range of.ids {
		group.Go(func() error {
			all[i].id = id
			all[i].sight, all[i].err = of.look(ctx, id)
			return nil
		})
	}
	_ = group.Wait() // What failed is in the sights.
	return all
}

// settled tells whether there is nothing left to wait for.
func (s sights) settled() bool {
	for _, one := range s {
		if one.err == nil && !one.done && !one.untold {
			return false
		}
	}
	return true
}

// failed tells whether a data source could not be looked at.
func (s sights) failed() bool {
	return slices.ContainsFunc(s, func(one seen) bool { return one.err != nil })
}

// open has a line for each data source that is not known to be done.
func (s sights) open() []string {
	var lines []string
	for _, one := range s {
		switch {
		case one.err != nil:
			lines = append(lines, fmt.Sprintf("data source %d: could not be looked at: %v", one.id, one.err))
		case one.untold:
			lines = append(lines, fmt.Sprintf("data source %d: not known, because Immuta does not show it", one.id))
		case !one.done:
			lines = append(lines, fmt.Sprintf("data source %d: not done: %s", one.id, one.instead))
		}
	}
	return lines
}

// done has a line for each data source that is.
func (s sights) done() []string {
	var lines []string
	for _, one := range s {
		if one.err == nil && one.done {
			lines = append(lines, fmt.Sprintf("data source %d: done", one.id))
		}
	}
	return lines
}

// mostLines is how many lines of one kind a message has: what failed for a thousand data sources failed for the same reason.
const mostLines = 50

func shortened(lines []string) []string {
	if len(lines) <= mostLines {
		return lines
	}
	return append(lines[:mostLines:mostLines], fmt.Sprintf("and %d more", len(lines)-mostLines))
}
