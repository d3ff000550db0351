package immuta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// deletion is the answer of DELETE /dataSource/{id}: the first call answers disabled, the second hardDelete (H; older
// servers leave the latter out).
type deletion struct {
	Disabled           Bool            `json:"disabled"`
	HardDelete         Bool            `json:"hardDelete"`
	HandlerDeleteError Lenient[string] `json:"handlerDeleteErrorMessage"`
}

// DeleteSource removes a source for good, and returns what Immuta said of cleaning up in the remote system.
//
// The first DELETE of a live source disables it and the second destroys it. A decoded answer counts as the look between
// them; after any other outcome the source is read before the next DELETE is sent. Retries are counted for DELETEs that
// brought it no further: the two that it takes are sent even where no retries are wanted.
func (c *Client) DeleteSource(ctx context.Context, id int64) (warning string, err error) {
	r := request{method: http.MethodDelete, path: sourcePath(id)}
	disabled := false // as far as is known
	for sent, failures := 1, 0; ; sent++ {
		said, err := c.deletion(ctx, r)
		warning = firstText(said.HandlerDeleteError.Get(), warning)
		switch {
		case IsNotFound(err) || err == nil && bool(said.HardDelete):
			return warning, nil
		case err == nil && bool(said.Disabled) && !disabled:
			disabled = true
			continue
		case err != nil && !isTransient(err) && !IsUncertain(err) || isPermanent(err):
			return warning, err
		}
		progress := false
		if err == nil || IsUncertain(err) {
			source, lookErr := c.lookAfter(ctx, id)
			switch {
			case IsNotFound(lookErr):
				return warning, nil
			case lookErr != nil && err != nil:
				return warning, fmt.Errorf("%w; what became of data source %d could not be looked up: %w", err, id, lookErr)
			case lookErr != nil:
				return warning, fmt.Errorf("what became of data source %d could not be looked up: %w", id, lookErr)
			}
			progress, disabled = bool(source.Deleted) && !disabled, bool(source.Deleted)
		}
		if err == nil {
			err = fmt.Errorf("data source %d still exists after %d requests to delete it", id, sent)
		}
		if ctx.Err() != nil || !progress && failures >= c.retries {
			return warning, err
		}
		if err := c.pause(ctx, r, failures, err); err != nil {
			return warning, err
		}
		if !progress {
			failures++
		}
	}
}

// deletion sends one DELETE.
func (c *Client) deletion(ctx context.Context, r request) (deletion, error) {
	var out deletion
	a, err := c.send(ctx, r)
	if err == nil {
		err = a.decode(r, &out)
	}
	if text := out.HandlerDeleteError; text.Value != nil {
		*text.Value = a.mask(*text.Value)
	}
	return out, err
}

// lookAfter reads a source after a DELETE, even if ctx has just ended.
func (c *Client) lookAfter(ctx context.Context, id int64) (*Source, error) {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = AfterCare(ctx)
		defer cancel()
	}
	return c.Source(ctx, id)
}

// deleteOnce sends a DELETE that means the same however often it is sent, and looks what became of the thing after any
// doubt, instead of sending it again. A thing that is not there any more was deleted.
func (c *Client) deleteOnce(ctx context.Context, path string, look func(context.Context) error) error {
	r := request{method: http.MethodDelete, path: path}
	var out Lenient[outcome]
	err := c.call(ctx, r, &out)
	if err == nil {
		err = out.Get().check(r)
	}
	// A 404 in the words for an unknown path may mean that the call is gone, and the thing is not.
	if err == nil || IsNotFound(err) && !isBareNotFound(err) {
		return nil
	}
	if _, declined := errors.AsType[*DeclinedError](err); !declined && !isBareNotFound(err) && !IsUncertain(err) {
		return err
	}
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = AfterCare(ctx)
		defer cancel()
	}
	if IsNotFound(look(ctx)) {
		return nil
	}
	return err
}
