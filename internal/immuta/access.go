package immuta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Access is what a member is given. What is empty is not sent.
type Access struct {
	State      string     `json:"state"`
	Expiration string     `json:"expiration,omitempty"`
	Approvals  []Approval `json:"approvals,omitzero"`
}

// Approval is who has to approve a grant.
type Approval struct {
	RequiredPermission       string `json:"requiredPermission"`
	SpecificApproverRequired bool   `json:"specificApproverRequired"`
	SpecificApprover         *int64 `json:"specificApprover,omitempty"`
}

// ExistingMemberError is a grant to somebody who has a subscription already.
type ExistingMemberError struct {
	Member Member
	// Err is what Immuta said to the grant; nil when none was sent.
	Err error
}

func (e *ExistingMemberError) Error() string {
	text := fmt.Sprintf("%s has access already: %s", e.Member.Grantee(), e.Member.State)
	if e.Err != nil {
		text += fmt.Sprintf(" (%v)", e.Err)
	}
	return text
}

// shown is a member whose role may be part of a message.
func (c *Client) shown(m Member) Member {
	m.State = Text(c.showUpTo(string(m.State), maxExcerpt))
	return m
}

// NotAMemberError is a change for somebody who has no access, or a grant that Immuta accepted and that shows nowhere.
type NotAMemberError struct{ Who Grantee }

func (e *NotAMemberError) Error() string { return e.Who.String() + " has no access" }

// NoSubscriptionError is a change for somebody whose access comes from a policy or a group, a grant that leaves it at that, or
// a revocation that has ended the subscription and nothing else.
type NoSubscriptionError struct{ Member Member }

func (e *NoSubscriptionError) Error() string {
	return e.Member.Grantee().String() + " has access through a policy or a group, not by a subscription of its own"
}

// StillMemberError is a revocation that changed nothing.
type StillMemberError struct {
	Member Member
	// Err is what came of the attempt; nil when Immuta accepted it.
	Err error
}

func (e *StillMemberError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return fmt.Sprintf("Immuta accepted it, but %s is a member still: %s", e.Member.Grantee(), e.Member.State)
}

// Grant gives a profile or a group a subscription to a source: POST /dataSource/{id}/access, whose answer it is (M).
//
// What Immuta does when there is one already is not known: it might refuse, or change it. So the members are looked at
// first, and an [ExistingMemberError] comes instead. Two grants to the same one wait for each other. Whoever has access only
// through a policy or a group is given a subscription too (L), which the members have to show afterwards: what Immuta
// answers may speak of the other access.
func (c *Client) Grant(ctx context.Context, sourceID int64, who Grantee, access Access) (Member, error) {
	defer c.locks.lock(fmt.Sprintf("%s %s", membersPath(sourceID), who))()
	before, inherits, err := c.Member(ctx, sourceID, who, 0)
	if err != nil {
		return Member{}, err
	}
	if before.SubscriptionID != 0 {
		return Member{}, &ExistingMemberError{Member: c.shown(before)}
	}
	// Which of the two keys is required is not told for groups (L): only the one that is meant is sent.
	body := struct {
		Access
		GroupID   int64 `json:"groupId,omitempty"`
		ProfileID int64 `json:"profileId,omitempty"`
	}{access, who.GroupID, who.ProfileID}
	granted, err := c.writeMember(ctx, http.MethodPost, sourceID, who, membersPath(sourceID), body)
	if err == nil && granted.SubscriptionID != 0 && !inherits {
		return granted, nil
	}
	// The source has just been seen. That the one who should get access is missing would be told in other words.
	err = c.orUnknownRoute(ctx, 0, err)
	if err != nil && !IsUncertain(err) && !couldBeTaken(err) {
		return Member{}, err
	}
	m, found, lookErr := c.memberAfter(ctx, sourceID, who, 0)
	asked := string(m.State) == access.State || m.State == StatePending
	switch {
	case m.SubscriptionID != 0 && (m.SubscriptionID == granted.SubscriptionID || asked && (err == nil || IsUncertain(err))):
		return m, nil
	case m.SubscriptionID != 0:
		return Member{}, &ExistingMemberError{Member: c.shown(m), Err: err}
	case found && err == nil:
		return Member{}, &NoSubscriptionError{Member: c.shown(m)}
	case err == nil && lookErr != nil:
		return granted, nil
	case err == nil:
		return Member{}, &NotAMemberError{Who: who}
	case IsUncertain(err) && lookErr != nil:
		return Member{}, &UnknownOutcomeError{Err: err, LookUp: lookErr}
	case found && !IsUncertain(err):
		return Member{}, fmt.Errorf("%s has access through a policy or a group, and was refused a subscription of its own: %w", who, err)
	default:
		return Member{}, err
	}
}

// UnknownOutcomeError is a grant or a subscription that may or may not have taken effect.
type UnknownOutcomeError struct{ Err, LookUp error }

func (e *UnknownOutcomeError) Error() string {
	return fmt.Sprintf("%v; whether it took effect could not be looked up: %v", e.Err, e.LookUp)
}

// Unwrap gives what became of the grant itself.
func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// ChangeMember changes a member's role: PUT /dataSource/{id}/access/{subscription} {"state"} (M). Whether it takes an
// expiration too is not known (L): the caller compares the answer. A subscription that is not there any more is looked up by
// whose it was, because a new grant has a new one; 0 is looked up too.
func (c *Client) ChangeMember(ctx context.Context, sourceID int64, who Grantee, subscriptionID int64, access Access) (Member, error) {
	for {
		if subscriptionID != 0 {
			path := fmt.Sprintf("%s/%d", membersPath(sourceID), subscriptionID)
			changed, err := c.writeMember(ctx, http.MethodPut, sourceID, who, path, access)
			if err != nil && !IsNotFound(err) {
				return Member{}, err
			}
			if err == nil && changed.State != "" {
				return changed, nil
			}
			if err == nil {
				m, _, lookErr := c.memberAfter(ctx, sourceID, who, subscriptionID)
				return m, lookErr
			}
		}
		m, found, err := c.Member(ctx, sourceID, who, 0)
		switch {
		case err != nil:
			return Member{}, err
		case !found || subscriptionID != 0 && int64(m.SubscriptionID) == subscriptionID:
			return Member{}, &NotAMemberError{Who: who}
		case m.SubscriptionID == 0:
			return Member{}, &NoSubscriptionError{Member: m}
		}
		subscriptionID = int64(m.SubscriptionID)
	}
}

// Revoke ends a member's subscription, and looks whether it is gone. There is no documented way to remove somebody else, so
// this takes the one that what is known of the API supports best, and says so with a [StillMemberError] when it does not help.
// A [NoSubscriptionError] says that the subscription has ended, and that there is access through a policy or a group still.
func (c *Client) Revoke(ctx context.Context, sourceID int64, who Grantee, subscriptionID int64) error {
	err := c.tryRevoke(ctx, sourceID, who, subscriptionID)
	c.rosters.wrote(sourceID, who)
	m, found, lookErr := c.memberAfter(ctx, sourceID, who, subscriptionID)
	if IsNotFound(lookErr) {
		// The source is gone, and its members with it.
		lookErr = c.ConfirmSourceGone(ctx, sourceID, lookErr)
	}
	switch {
	case lookErr == nil && !found:
		return nil
	case lookErr == nil && subscriptionID != 0 && m.SubscriptionID == 0 && (err == nil || IsUncertain(err) || IsNotFound(err)):
		return &NoSubscriptionError{Member: m}
	case lookErr != nil:
		return errors.Join(err, fmt.Errorf("whether %s is still a member could not be looked up: %w", who, lookErr))
	default:
		return &StillMemberError{Member: c.shown(m), Err: err}
	}
}

// tryRevoke unsubscribes the caller, which is documented (M). Anybody else is denied, as the web interface calls what its
// button to remove a member does: POST /subscription/deny is documented for requests that are pending (M); that it takes the
// id of a subscription which is not, and the reason under this key, is a guess (L).
func (c *Client) tryRevoke(ctx context.Context, sourceID int64, who Grantee, subscriptionID int64) error {
	if who.ProfileID != 0 {
		caller, err := c.CurrentUser(ctx)
		if err != nil {
			return err
		}
		if caller.ID == who.ProfileID {
			return c.unsubscribe(ctx, sourceID)
		}
	}
	if subscriptionID == 0 {
		return nil
	}
	body := map[string]any{"id": subscriptionID, "denialReasoning": "Removed by Terraform."}
	return c.call(ctx, request{method: http.MethodPost, path: "/subscription/deny", body: body}, nil)
}

// written is the subscription that a write of a member answers (M): a member, but for the name of its own id.
type written struct {
	ID Lenient[Int] `json:"id"`
	Member
}

// writeMember sends a write of one member. An answer without a subscription, as some tenants may give, is a zero member.
func (c *Client) writeMember(ctx context.Context, method string, sourceID int64, who Grantee, path string, body any) (Member, error) {
	defer c.rosters.wrote(sourceID, who)
	var out one[written]
	err := c.call(ctx, request{method: method, path: path, body: body}, &out)
	m := out.Value.Member
	m.SubscriptionID = out.Value.ID.Get()
	return m, err
}

// memberAfter is Member for what follows a write, even if ctx has just ended.
func (c *Client) memberAfter(ctx context.Context, sourceID int64, who Grantee, subscriptionID int64) (Member, bool, error) {
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	return c.Member(ctx, sourceID, who, subscriptionID)
}
