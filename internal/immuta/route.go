package immuta

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

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
