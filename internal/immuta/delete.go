package immuta

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// deletion is the answer of DELETE /dataSource/{id}: the first call answers disabled, the second hardDelete (H; older
// servers leave the latter out).
type deletion struct {
	ID                 Lenient[Int]    `json:"id"`
	Disabled           Bool            `json:"disabled"`
	HardDelete         Bool            `json:"hardDelete"`
	HandlerDeleteError Lenient[string] `json:"handlerDeleteErrorMessage"`
}

// DeleteSource removes a source for good, and returns what Immuta said of cleaning up in the remote system.
//
// The first DELETE of a live source disables it and the second destroys it. A decoded answer counts as the look between
// them; after any other outcome the source is read before the next DELETE is sent, and a 404 is only believed when that read
// and the listing say the same. Retries are counted for DELETEs that brought it no further: the two that it takes are sent
// even where no retries are wanted.
func (c *Client) DeleteSource(ctx context.Context, id int64) (warning string, err error) {
	r := request{method: http.MethodDelete, path: sourcePath(id)}
	disabled := false // as far as is known
	for sent, failures := 1, 0; ; sent++ {
		said, err := c.deletion(ctx, r, id)
		warning = firstText(said.HandlerDeleteError.Get(), warning)
		missing := StatusOf(err) == http.StatusNotFound
		switch {
		case err == nil && bool(said.HardDelete):
			return warning, nil
		case err == nil && bool(said.Disabled) && !disabled:
			disabled = true
			continue
		case err != nil && !missing && !isTransient(err) && !IsUncertain(err) || isPermanent(err):
			return warning, err
		}
		progress := false
		if err == nil || missing || IsUncertain(err) {
			source, lookErr := c.lookAfter(ctx, id)
			switch {
			case lookErr == nil && source == nil:
				return warning, nil
			case lookErr != nil && is[*waitTooLongError](lookErr) && StatusOf(err) == http.StatusTooManyRequests:
				return warning, heldBack(lookErr, err)
			case lookErr != nil && err != nil:
				return warning, fmt.Errorf("%w; what became of data source %d could not be looked up: %w", err, id, lookErr)
			case lookErr != nil:
				return warning, fmt.Errorf("what became of data source %d could not be looked up: %w", id, lookErr)
			case missing:
				return warning, fmt.Errorf("data source %d was not deleted and still exists: %w", id, err)
			}
			progress, disabled = bool(source.Deleted) && !disabled, bool(source.Deleted)
		}
		if err == nil {
			err = fmt.Errorf("data source %d still exists after %d requests to delete it", id, sent)
		}
		if ctx.Err() != nil || !progress && failures >= c.config.MaxRetries {
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
func (c *Client) deletion(ctx context.Context, r request, id int64) (deletion, error) {
	var out deletion
	if err := c.call(ctx, r, &out); err != nil {
		return deletion{}, err
	}
	if text := out.HandlerDeleteError; text.Value != nil {
		*text.Value = c.show(*text.Value)
	}
	return out, isAbout(r.String(), "data source", id, out.ID.Get())
}

// lookAfter reads a source after a DELETE, even if ctx has just ended. It returns nil for a source that is gone.
func (c *Client) lookAfter(ctx context.Context, id int64) (*Source, error) {
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	source, err := c.Source(ctx, id)
	if IsNotFound(err) {
		return nil, c.ConfirmSourceGone(ctx, id, err)
	}
	return source, err
}

// tryDelete sends a DELETE that means the same however often it is sent. It is done when the answer says so, or names what was
// deleted by its id. Otherwise, unless there is a definite refusal, looking has to tell; doubt is what speaks against it.
func (c *Client) tryDelete(ctx context.Context, path string) (done bool, doubt, refused error) {
	r := request{method: http.MethodDelete, path: path}
	var out Lenient[outcome]
	err := c.call(ctx, r, &out)
	if err != nil {
		if StatusOf(err) != http.StatusNotFound && !IsUncertain(err) {
			return false, nil, err
		}
		return false, err, nil
	}
	said := out.Get().Success.Or(out.Get().Status)
	if said.Value != nil && !bool(*said.Value) {
		return false, &DeclinedError{Request: r.String()}, nil
	}
	deleted := Lookup[Text](out.Get().keys, "id").Get()
	return said.Value != nil || deleted != "" && strings.HasSuffix(path, "/"+string(deleted)), nil, nil
}

// deleteOnce deletes something that belongs to a source, or to none (0), and looks what became of it where the answer to the
// DELETE does not tell. Look is told what speaks against the DELETE; nil if nothing does.
func (c *Client) deleteOnce(ctx context.Context, sourceID int64, path string, look func(ctx context.Context, doubt error) error) error {
	done, doubt, err := c.tryDelete(ctx, path)
	if done || err != nil {
		return err
	}
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	lookErr := look(ctx, doubt)
	if is[*AbsentError](lookErr) {
		return nil // Only Immuta answers a list, or a record, without it.
	}
	if IsNotFound(lookErr) {
		return c.ConfirmPartGone(ctx, sourceID, lookErr)
	}
	return stillThere(http.MethodDelete+" "+path, doubt, lookErr)
}

// stillThere is the error of a deletion after which a look did not show that the thing is gone: it is there, or that could not
// be looked up.
func stillThere(request string, doubt, lookErr error) error {
	switch {
	case lookErr == nil && StatusOf(doubt) == http.StatusNotFound:
		return fmt.Errorf("what was to be deleted is still there: %w", doubt)
	case doubt != nil:
		return doubt
	case lookErr != nil:
		return fmt.Errorf("%s was answered, but what became of it could not be looked up: %w", request, lookErr)
	default:
		return &DeclinedError{Request: request, Reason: "it answered with success, but what was to be deleted is still there"}
	}
}
