package immuta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// OwnSubscription is what a source's record tells the caller about the caller's own access (H). All of it may be missing.
type OwnSubscription struct {
	ID         Lenient[Int]    `json:"subscriptionId"`
	Status     Lenient[Text]   `json:"subscriptionStatus"`
	Approved   Lenient[Bool]   `json:"approved"`
	Expiration Lenient[string] `json:"subscriptionExpiration"`

	// Source is the [Source.Birth] of the source it is about.
	Source string `json:"-"`
}

// Exists tells whether the caller has, or waits for, access. Having none is called differently in different places (M).
func (s OwnSubscription) Exists() bool {
	switch s.Status.Get() {
	case "", "not_subscribed", "unsubscribed", "denied":
		return s.ID.Get() != 0 && s.Status.Get() == ""
	}
	return true
}

// AlreadySubscribedError is a subscription to a source that the caller has access to already.
type AlreadySubscribedError struct {
	Subscription OwnSubscription
	// Err is what Immuta said; nil when it was not asked.
	Err error

	status string // fit to be shown
}

func (e *AlreadySubscribedError) Error() string {
	text := "the caller has access already: " + e.status
	if e.Err != nil {
		text += fmt.Sprintf(" (%v)", e.Err)
	}
	return text
}

func (c *Client) alreadySubscribed(s OwnSubscription, err error) error {
	return &AlreadySubscribedError{Subscription: s, Err: err, status: c.showUpTo(string(s.Status.Get()), maxExcerpt)}
}

// NotSubscribedError is a subscription that Immuta accepted and that shows nowhere.
type NotSubscribedError struct{}

func (e *NotSubscribedError) Error() string { return "the caller has no access" }

// OwnerError is a refusal of this client to unsubscribe an owner.
type OwnerError struct{}

func (e *OwnerError) Error() string { return "the caller owns the data source" }

// OwnSubscription reads the caller's access to a source. A record that tells neither a status nor a subscription does not show
// that there is none. [IsNotFound] means that the source is gone, which a second witness has confirmed.
func (c *Client) OwnSubscription(ctx context.Context, sourceID int64) (OwnSubscription, error) {
	source, err := c.Source(ctx, sourceID)
	if IsNotFound(err) {
		if doubt := c.ConfirmSourceGone(ctx, sourceID, err); doubt != nil {
			return OwnSubscription{}, doubt
		}
	}
	if err != nil {
		return OwnSubscription{}, err
	}
	s := source.OwnSubscription
	if !s.Status.Answered && !s.ID.Answered {
		return OwnSubscription{}, &UnreadableError{
			Request: http.MethodGet + " " + sourcePath(sourceID), Reason: "it tells nothing of the caller's subscription",
		}
	}
	s.Source = source.Birth()
	return s, nil
}

// Subscribe asks for access to a source for the caller, and returns what came of it: a subscription, or one that is pending.
// A caller who has access already is an [AlreadySubscribedError], and nothing is sent.
func (c *Client) Subscribe(ctx context.Context, sourceID int64) (OwnSubscription, error) {
	if s, err := c.OwnSubscription(ctx, sourceID); err != nil {
		return s, err
	} else if s.Exists() {
		return s, c.alreadySubscribed(s, nil)
	}
	err := c.subscribe(ctx, sourceID)
	if IsNotFound(err) {
		// The source has just been seen.
		return OwnSubscription{}, missingRoute(err)
	}
	if err != nil && !IsUncertain(err) && !couldBeTaken(err) {
		return OwnSubscription{}, err
	}
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	s, lookErr := c.OwnSubscription(ctx, sourceID)
	switch {
	case lookErr == nil && s.Exists() && (err == nil || IsUncertain(err)):
		return s, nil
	case lookErr == nil && s.Exists():
		return s, c.alreadySubscribed(s, err)
	case lookErr != nil && err == nil:
		// Immuta has accepted: what it made of it is for a later read.
		return OwnSubscription{}, nil
	case lookErr != nil && IsUncertain(err):
		return s, &UnknownOutcomeError{Err: err, LookUp: lookErr}
	case err == nil:
		return s, &NotSubscribedError{}
	default:
		return s, err
	}
}

// subscribe sends POST /dataSource/subscribe {"dataSourceIds"}. The documentation has the id in the query as well, as
// required, and in the body as optional (M); whether the query is needed is told by a refusal that misses it (L).
func (c *Client) subscribe(ctx context.Context, sourceID int64) error {
	defer c.rosters.wrote(sourceID, Grantee{})
	r := request{method: http.MethodPost, path: "/dataSource/subscribe", body: map[string]any{"dataSourceIds": []int64{sourceID}}}
	err := c.call(ctx, r, nil)
	if refusal, ok := errors.AsType[*Error](err); ok && couldBeTaken(err) && refusal.Says("dataSourceId") && !refusal.Says("dataSourceIds") {
		r.query = url.Values{"dataSourceId": {strconv.FormatInt(sourceID, 10)}}
		err = c.call(ctx, r, nil)
	}
	return err
}

// Unsubscribe ends the caller's access to a source. An owner is refused, with an [OwnerError]: nobody but another owner or a
// governor could undo it.
func (c *Client) Unsubscribe(ctx context.Context, sourceID int64) error {
	s, err := c.OwnSubscription(ctx, sourceID)
	switch {
	case IsNotFound(err), err == nil && !s.Exists():
		return nil
	case err != nil:
		return err
	case s.Status.Get() == StateOwner:
		return &OwnerError{}
	}
	return c.unsubscribe(ctx, sourceID)
}

// unsubscribe sends DELETE /dataSource/{id}/unsubscribe. What a second one is answered is not known; 404 is taken to mean
// that there is nothing left to do (L).
func (c *Client) unsubscribe(ctx context.Context, sourceID int64) error {
	defer c.rosters.wrote(sourceID, Grantee{})
	path := sourcePath(sourceID) + "/unsubscribe"
	return c.deleteOnce(ctx, sourceID, path, func(ctx context.Context, _ error) error {
		s, err := c.OwnSubscription(ctx, sourceID)
		if err == nil && !s.Exists() {
			return &AbsentError{Request: http.MethodGet + " " + sourcePath(sourceID), What: "subscription of the caller"}
		}
		return err
	})
}
