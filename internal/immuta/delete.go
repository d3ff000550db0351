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
// them; after any other outcome the source is read before the next DELETE is sent.
func (c *Client) DeleteSource(ctx context.Context, id int64) (warning string, err error) {
	r := request{method: http.MethodDelete, path: sourcePath(id)}
	for attempt := 0; ; attempt++ {
		var out deletion
		err := c.call(ctx, r, &out)
		warning = firstText(out.HandlerDeleteError.Get(), warning)
		switch {
		case IsNotFound(err) || err == nil && bool(out.HardDelete):
			return warning, nil
		case err == nil && bool(out.Disabled) && attempt == 0:
			continue
		case err != nil && !isTransient(err) && !IsUncertain(err) || isPermanent(err):
			return warning, err
		}
		gone, lookErr := c.isGone(ctx, id)
		switch {
		case gone:
			return warning, nil
		case lookErr != nil:
			return warning, fmt.Errorf("%w; what became of data source %d could not be looked up", errors.Join(err, lookErr), id)
		case err == nil && attempt > c.retries:
			return warning, fmt.Errorf("data source %d still exists after %d requests to delete it", id, attempt+1)
		case err != nil && (attempt > c.retries || ctx.Err() != nil):
			return warning, err
		case err != nil:
			if err := c.pause(ctx, r, attempt, err); err != nil {
				return warning, err
			}
		}
	}
}

// isGone looks whether a source was destroyed, even if ctx has just ended.
func (c *Client) isGone(ctx context.Context, id int64) (bool, error) {
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = AfterCare(ctx)
		defer cancel()
	}
	_, err := c.Source(ctx, id)
	if IsNotFound(err) {
		return true, nil
	}
	return false, err
}

// deleteOnce sends a DELETE that means the same however often it is sent, and looks what became of the thing after any
// doubt, instead of sending it again. A thing that is not there any more was deleted.
func (c *Client) deleteOnce(ctx context.Context, path string, look func(context.Context) error) error {
	err := c.call(ctx, request{method: http.MethodDelete, path: path}, nil)
	if err == nil || IsNotFound(err) {
		return nil
	}
	if !IsUncertain(err) {
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
