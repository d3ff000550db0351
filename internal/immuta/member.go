package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"sync"
)

// The states of a member that mean something to this client. Others pass through it as they are.
const (
	// StateOwner is the role of those who may change a source.
	StateOwner = "owner"
	// StatePending is what a membership is in that somebody still has to approve.
	StatePending = "pending"
	// StateSubscribed is the role of those who may read a source, and what asking for access asks for.
	StateSubscribed = "subscribed"
)

// UnsettledError means that a list went on changing while it was read, or has fewer rows than it says, so that what is not in it
// may have been overlooked.
type UnsettledError struct{ Request string }

func (e *UnsettledError) Error() string {
	return e.Request + ": the list changed again and again while it was read, or has fewer different rows than it says"
}

// Grantee is who may have access to a source: a profile or a group.
type Grantee struct{ ProfileID, GroupID int64 }

func (g Grantee) String() string {
	if g.GroupID != 0 {
		return fmt.Sprintf("group %d", g.GroupID)
	}
	return fmt.Sprintf("profile %d", g.ProfileID)
}

// Member is a row of GET /dataSource/{id}/access (H; a group row's shape and "expiration" are guesses, L).
type Member struct {
	// SubscriptionID is 0 where access comes from a policy or a group rather than from a subscription.
	SubscriptionID Int  `json:"subscriptionId"`
	ProfileID      Int  `json:"profile"`
	GroupID        ref  `json:"group"`
	Name           Text `json:"name"`
	// State is the role; on some tenants it is [StatePending] until the role is approved.
	State      Text            `json:"state"`
	Approved   Lenient[Bool]   `json:"approved"`
	Expiration Lenient[string] `json:"expiration"`
	CreatedAt  Text            `json:"createdAt"`
	UpdatedAt  Text            `json:"updatedAt"`

	IAMID               Lenient[Text]                   `json:"iamid"`
	UserID              Lenient[Text]                   `json:"userid"`
	Email               Lenient[Text]                   `json:"email"`
	SystemGenerated     Lenient[Bool]                   `json:"systemGenerated"`
	LastExternalRefresh Lenient[string]                 `json:"lastExternalRefresh"`
	Admin               Lenient[Text]                   `json:"admin"`
	Approvals           Lenient[many[RequiredApproval]] `json:"approvals"`
	SubscriptionContext Lenient[Text]                   `json:"subscriptionContext"`
}

// RequiredApproval is what a membership waits for, or waited for (H).
type RequiredApproval struct {
	RequiredPermission Lenient[Text] `json:"requiredPermission"`
	State              Lenient[Text] `json:"state"`
	ApproverID         Lenient[Int]  `json:"approverId"`
	Approver           Lenient[Text] `json:"approver"`
	OwnerModelID       Lenient[Int]  `json:"ownerModelId"`
	OwnerModelName     Lenient[Text] `json:"ownerModelName"`
}

// ref is an id that may come as an object which holds it. How a group is named in a member's row is not known (L).
type ref int64

func (r *ref) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var object struct {
			ID Int `json:"id"`
		}
		err := json.Unmarshal(b, &object)
		*r = ref(object.ID)
		return err
	}
	return json.Unmarshal(b, (*Int)(r))
}

// Grantee tells whose membership this is.
func (m Member) Grantee() Grantee {
	if m.ProfileID != 0 {
		return Grantee{ProfileID: int64(m.ProfileID)}
	}
	return Grantee{GroupID: int64(m.GroupID)}
}

// Birth is what no other membership has, as in [Source.Birth].
func (m Member) Birth() string { return birth(m.SubscriptionID, m.CreatedAt, 0) }

// over tells rows of memberships that are only remembered: a request that was denied, a member who left. That a list may
// hold such rows is a guess (L).
func (m Member) over() bool {
	return m.State == "denied" || m.State == "unsubscribed" || m.State == "not_subscribed"
}

func membersPath(sourceID int64) string { return sourcePath(sourceID) + "/access" }

// key tells a row from others, if it names anybody.
func (m Member) key() string {
	if m.Name == "" && m.SubscriptionID == 0 && m.Grantee() == (Grantee{}) {
		return ""
	}
	return fmt.Sprintf("%s\x00%d\x00%d\x00%d", m.Name, m.ProfileID, m.GroupID, m.SubscriptionID)
}

// Members yields who has access to a source.
func (c *Client) Members(ctx context.Context, sourceID int64) iter.Seq2[Member, error] {
	return pages(c.memberPage(ctx, sourceID, MemberSearch{}), Member.key)
}

// ListSubscriptions yields the members of a source that have a subscription of their own, each once. Pages and errors are as in
// [Client.ListSources].
func (c *Client) ListSubscriptions(ctx context.Context, sourceID int64, bound Bound) iter.Seq2[Member, error] {
	fetch := bounded(ctx, bound, func(ctx context.Context) fetch[Member] {
		return func(offset, size int) (page[Member], error) {
			out, err := c.memberPage(ctx, sourceID, MemberSearch{})(offset, size)
			return out, c.orMissingRoute(ctx, sourceID, err)
		}
	})
	rows := wholeList(http.MethodGet+" "+membersPath(sourceID), fetch, Member.key)
	return func(yield func(Member, error) bool) {
		known := seen[Grantee]{}
		filter(rows, func(m Member) bool {
			return m.SubscriptionID != 0 && !m.over() && m.Grantee() != (Grantee{}) && known.isNew(m.Grantee())
		})(yield)
	}
}

// memberPage is a [page] under the name that this list gives its rows (H).
type memberPage struct {
	Users rows[Member] `json:"users"`
	Count Lenient[Int] `json:"count"`
}

func (p *memberPage) lacks() string { return p.Users.lacks("users") }

func (c *Client) memberPage(ctx context.Context, sourceID int64, s MemberSearch) fetch[Member] {
	return func(offset, size int) (page[Member], error) {
		out, err := get[memberPage](ctx, c, membersPath(sourceID), paged(queryOf(s), offset, size))
		return page[Member]{Hits: out.Users, Count: out.Count}, err
	}
}

// Member looks one member of a source up: by who it is or, where no row names that one, by its subscription (0: not). With
// no grantee at all, the subscription alone decides.
//
// It answers from one snapshot of the whole list, because the API cannot be asked for one member: a thousand look-ups cost
// as much as one. The snapshot does not serve for a member that this client has written since it was taken; then a new one is
// taken.
func (c *Client) Member(ctx context.Context, sourceID int64, who Grantee, subscriptionID int64) (m Member, found bool, err error) {
	list, writes := c.rosters.current(sourceID, who)
	if list == nil {
		list, err = c.rosters.asking.do(ctx, fmt.Sprintf("%d after %d", sourceID, writes), func(ctx context.Context) (*roster, error) {
			// A snapshot that this caller just missed leaves nothing to do.
			if list, _ := c.rosters.current(sourceID, who); list != nil {
				return list, nil
			}
			return c.takeRoster(ctx, sourceID, writes)
		})
		if err != nil {
			return Member{}, false, withCause(ctx, request{method: http.MethodGet, path: membersPath(sourceID)}, err)
		}
	}
	if m, found = list.members[who]; !found && subscriptionID != 0 {
		m, found = list.subscriptions[subscriptionID]
	}
	if !found && list.unsettled {
		return Member{}, false, &UnsettledError{Request: http.MethodGet + " " + membersPath(sourceID)}
	}
	return m, found, nil
}

// rosterPageSize is how many members a snapshot asks for at once: so many that it hardly ever takes a second request, during
// which the list could change. Other routes take sizes up to 25,000 (H); that this one does is a guess (L).
const rosterPageSize = 2000

func (c *Client) takeRoster(ctx context.Context, sourceID int64, writes int) (*roster, error) {
	fetch := c.memberPage(ctx, sourceID, MemberSearch{})
	rows, err := collectBy(rosterPageSize, 0, fetch, Member.key)
	if StatusOf(err) == http.StatusBadRequest || err == nil && rows.Total == 0 && len(rows.Items) >= PageSize {
		// The server may not take such a size, or cut the page off without saying how much there is.
		rows, err = collect(0, fetch, Member.key)
	}
	if err != nil {
		return nil, c.orMissingRoute(ctx, sourceID, err)
	}
	list := &roster{began: writes, unsettled: rows.Unsettled, members: map[Grantee]Member{}, subscriptions: map[int64]Member{}}
	for _, m := range rows.Items {
		list.add(m)
	}
	c.rosters.keep(sourceID, list)
	return list, nil
}

// roster is a snapshot of a source's members. It is not changed any more once it is taken.
type roster struct {
	began         int // how many writes this client had made when the list was begun
	unsettled     bool
	members       map[Grantee]Member
	subscriptions map[int64]Member
}

// add enters a row. A grantee's own subscription counts more than what it has through policies and groups.
func (r *roster) add(m Member) {
	if m.over() {
		return
	}
	who := m.Grantee()
	if have, ok := r.members[who]; who != (Grantee{}) && (!ok || have.SubscriptionID == 0) {
		r.members[who] = m
	}
	if m.SubscriptionID != 0 {
		r.subscriptions[int64(m.SubscriptionID)] = m
	}
}

// rosters holds the newest snapshot of each source's members, and which members this client has written.
type rosters struct {
	asking flights[*roster]

	mu      sync.Mutex
	lists   map[int64]*roster
	writes  map[int64]int
	written map[memberOf]int // the last write of a member, as counted in writes
}

// memberOf is a member of a source. No grantee stands for all.
type memberOf struct {
	sourceID int64
	who      Grantee
}

func newRosters() rosters {
	return rosters{lists: map[int64]*roster{}, writes: map[int64]int{}, written: map[memberOf]int{}}
}

// current returns the snapshot if it may answer for a member: if it was begun after the last write that concerned it; nil
// otherwise. It also returns how many writes there have been.
func (r *rosters) current(sourceID int64, who Grantee) (list *roster, writes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	writes = r.writes[sourceID]
	last := writes
	if who != (Grantee{}) {
		last = max(r.written[memberOf{sourceID, who}], r.written[memberOf{sourceID, Grantee{}}])
	}
	if list := r.lists[sourceID]; list != nil && list.began >= last {
		return list, writes
	}
	return nil, writes
}

func (r *rosters) keep(sourceID int64, list *roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.lists[sourceID]; have == nil || have.began <= list.began {
		r.lists[sourceID] = list
	}
}

// wrote notes a write that has been answered, or failed: what was listed before may not show it. No grantee stands for a
// write of which it is not known whom it concerned.
func (r *rosters) wrote(sourceID int64, who Grantee) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes[sourceID]++
	r.written[memberOf{sourceID, who}] = r.writes[sourceID]
}

// MemberSearch narrows GET /dataSource/{id}/access (M). Zero fields are not sent.
type MemberSearch struct {
	States                  []string `url:"states,omitempty"`
	Approved                *bool    `url:"approved,omitempty"`
	Text                    string   `url:"searchText,omitempty"`
	ExpandGroups            *bool    `url:"expandGroups,omitempty"`
	IgnoreSystemGenerated   *bool    `url:"ignoreSystemGenerated,omitempty"`
	FilterBySchemaEvolution *bool    `url:"filterBySchemaEvolution,omitempty"`
	SortField               string   `url:"sortField,omitempty"`
	SortOrder               string   `url:"sortOrder,omitempty"`
}

// FindMembers lists the members of a source that match; with a limit that is not 0, only so many.
func (c *Client) FindMembers(ctx context.Context, sourceID int64, s MemberSearch, limit int64) (Rows[Member], error) {
	rows, err := collect(limit, c.memberPage(ctx, sourceID, s), Member.key)
	return rows, c.orMissingRoute(ctx, sourceID, err)
}

// Contact is an owner or an expert of a source (M). ID is the source's id by the reference; it could be the subscription's (L).
type Contact struct {
	ID      Lenient[Int]  `json:"id"`
	State   Lenient[Text] `json:"state"`
	Name    Lenient[Text] `json:"name"`
	Email   Lenient[Text] `json:"email"`
	Profile Lenient[Int]  `json:"profile"`
}

// Contacts lists the owners and experts of a source: GET /dataSource/{id}/contacts, in one answer (M).
func (c *Client) Contacts(ctx context.Context, sourceID int64) ([]Contact, error) {
	out, err := get[bare[Contact]](ctx, c, sourcePath(sourceID)+"/contacts", nil)
	return out, c.orMissingRoute(ctx, sourceID, err)
}
