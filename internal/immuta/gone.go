package immuta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ContradictionError means that one answer says that something does not exist and another one shows it. One of the two did
// not come from Immuta, or not from this tenant.
type ContradictionError struct {
	// Request is the one that shows what does not exist by Err.
	Request, What string
	Err           error
}

func (e *ContradictionError) Error() string {
	return fmt.Sprintf("%v; but %s shows %s", e.Err, e.Request, e.What)
}

// UnconfirmedError is the error for something that one answer says does not exist, of which no second one says the same.
type UnconfirmedError struct{ Err, Doubt error }

func (e *UnconfirmedError) Error() string {
	return fmt.Sprintf("%v; a second look, which has to confirm that, failed: %v", e.Err, e.Doubt)
}

// ConfirmSourceGone hears a second witness for a source that an answer says does not exist: the listing, asked for its id, must
// not show it. Any gateway can answer 404, in whatever form; only Immuta answers its listing. A nil error means that the
// source is gone.
func (c *Client) ConfirmSourceGone(ctx context.Context, id int64, notFound error) error {
	found, err := c.FindSources(ctx, Search{DataSourceIDs: []int64{id}}, 0)
	if err == nil && found.Unsettled {
		err = &UnsettledError{Request: http.MethodGet + " " + searchPath}
	}
	if err != nil {
		return &UnconfirmedError{Err: notFound, Doubt: err}
	}
	for _, row := range found.Items {
		if int64(row.ID) == id {
			return &ContradictionError{Request: http.MethodGet + " " + searchPath, What: fmt.Sprintf("data source %d", id), Err: notFound}
		}
	}
	return nil
}

// ConfirmAnswering hears a second witness for anything else that an answer says does not exist: the caller's own user, which
// only Immuta can answer, and which is asked for once per client. A nil error means that Immuta itself answers.
func (c *Client) ConfirmAnswering(ctx context.Context, notFound error) error {
	if _, err := c.CurrentUser(ctx); err != nil {
		return &UnconfirmedError{Err: notFound, Doubt: err}
	}
	return nil
}

// ConfirmPartGone is [Client.ConfirmAnswering] for something that belongs to a source, or to none (0). Where the source itself
// is said not to exist either, the listing has to say the same: a gateway may answer so for all that is below one path.
func (c *Client) ConfirmPartGone(ctx context.Context, sourceID int64, notFound error) error {
	if err := c.ConfirmAnswering(ctx, notFound); err != nil || sourceID == 0 {
		return err
	}
	switch _, err := c.Source(ctx, sourceID); {
	case IsNotFound(err):
		return c.ConfirmSourceGone(ctx, sourceID, notFound)
	case err != nil:
		return &UnconfirmedError{Err: notFound, Doubt: err}
	default:
		return nil
	}
}

// MissingRouteError is a 404 that is about the call itself and not about what the call names: later versions of Immuta have
// dropped comments, requests to unmask, blobs and the SQL accounts of the query engine.
type MissingRouteError struct {
	Request string
	// Message is what Immuta said.
	Message string
}

func (e *MissingRouteError) Error() string {
	return fmt.Sprintf("%s: the tenant has no such call (404 Not Found: %s)", e.Request, e.Message)
}

func missingRoute(err error) error {
	refusal, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	return &MissingRouteError{Request: refusal.Request, Message: refusal.Message}
}

// isBareNotFound recognizes the words with which hapi answers a path that it does not know. That Immuta runs on hapi shows in
// its errors (L), and the words may be those of a missing thing as well.
func isBareNotFound(err error) bool {
	refusal, ok := errors.AsType[*Error](err)
	return ok && IsNotFound(err) && strings.Trim(refusal.words(), " .") == "not found"
}

// orUnknownRoute is [Client.orMissingRoute] for a call that needs more than its source to exist, or no source at all (0): only
// Immuta's words for a path that it does not know are about the call.
func (c *Client) orUnknownRoute(ctx context.Context, sourceID int64, err error) error {
	switch {
	case !isBareNotFound(err):
		return err
	case sourceID == 0:
		return missingRoute(err)
	default:
		return c.orMissingRoute(ctx, sourceID, err)
	}
}

// orMissingRoute tells the two meanings apart that a 404 has for a call which needs nothing but the source to exist: the
// source is looked at. What is left of [IsNotFound] afterwards means that the source does not exist.
func (c *Client) orMissingRoute(ctx context.Context, sourceID int64, err error) error {
	if !IsNotFound(err) {
		return err
	}
	switch _, lookErr := c.Source(ctx, sourceID); {
	case lookErr == nil:
		return missingRoute(err)
	case IsNotFound(lookErr):
		return err
	default:
		return fmt.Errorf("whether data source %d exists could not be looked up: %w", sourceID, lookErr)
	}
}

// IsMissingRoute tells whether the tenant does not have the call.
func IsMissingRoute(err error) bool { return is[*MissingRouteError](err) }
