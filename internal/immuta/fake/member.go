package fake

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// A Member is a user's or a group's subscription to a source.
type Member struct {
	SubscriptionID  int // 0 in a SourceSpec: the next one
	ProfileID       int // or GroupID
	GroupID         int
	State           string // "subscribed" unless set; also owner, expert, ingest
	Pending         bool   // not approved yet
	Inherited       bool   // comes from a policy or a group: there is no subscription
	SystemGenerated bool
	Expiration      string
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

var members = perSource[[]*Member](firstSubscriptionID)

// role is what a member can be.
var role = oneOf("subscribed", "owner", "expert", "ingest")

func memberNoun() noun {
	return noun{
		routes: []route{
			get("/dataSource/{id}/access", onSource(listMembers)).taking(parameters{
				"states": asTexts, "approved": asFlag, "searchText": asText,
				"size": asNumber, "offset": asNumber, "sortField": asText, "sortOrder": asText,
				"expandGroups": asFlag, "ignoreSystemGenerated": asFlag, "filterBySchemaEvolution": asFlag,
			}),
		},
		created: func(t *Tenant, s *Source) { t.addMember(s.ID, Member{ProfileID: s.CreatedBy, State: "owner"}) },
	}
}

// Members is a copy of a source's members, in the order they joined.
func (t *Tenant) Members(sourceID int) []Member {
	defer t.lock()()
	return copies(members.of(t).bySource[sourceID], every)
}

// AddMember adds a member to a source behind the API's back, or changes the one with that profile or group, and returns the
// subscription's id.
func (t *Tenant) AddMember(sourceID int, m Member) int {
	defer t.lock()()
	return t.addMember(sourceID, m).SubscriptionID
}

// RemoveMember ends a subscription behind the API's back.
func (t *Tenant) RemoveMember(sourceID, subscriptionID int) {
	defer t.lock()()
	t.endMembership(sourceID, func(m *Member) bool { return m.SubscriptionID == subscriptionID })
}

func (t *Tenant) addMember(sourceID int, m Member) *Member {
	state := members.of(t)
	m.State = cmp.Or(m.State, "subscribed")
	m.UpdatedAt = t.clock.now
	known := find(state.bySource[sourceID], func(o *Member) bool { return o.ProfileID == m.ProfileID && o.GroupID == m.GroupID })
	if known != nil {
		m.SubscriptionID, m.CreatedAt = known.SubscriptionID, known.CreatedAt
	}
	switch {
	case m.Inherited:
		m.SubscriptionID = 0
	case m.SubscriptionID == 0:
		m.SubscriptionID = state.ids.take()
	}
	if known != nil {
		*known = m
		return known
	}
	m.CreatedAt = t.clock.now
	state.bySource[sourceID] = append(state.bySource[sourceID], &m)
	return &m
}

// endMembership ends the memberships that fit.
func (t *Tenant) endMembership(sourceID int, ends func(*Member) bool) {
	state := members.of(t)
	state.bySource[sourceID] = slices.DeleteFunc(state.bySource[sourceID], ends)
}

// member is the subscription that a profile has of its own, or nil.
func (t *Tenant) member(sourceID, profileID int) *Member {
	return find(members.of(t).bySource[sourceID], func(m *Member) bool { return m.GroupID == 0 && m.ProfileID == profileID })
}

// roleOf is a profile's role in a source; empty when it has none or waits for one.
func (t *Tenant) roleOf(sourceID, profileID int) string {
	if m := t.member(sourceID, profileID); m != nil && !m.Pending {
		return m.State
	}
	return ""
}

// listMembers pages through a source's members, all of them unless a size is given.
func listMembers(c *call, s *Source) (any, error) {
	wanted := copies(members.of(c.t).bySource[s.ID], func(m *Member) bool {
		return c.wants("states", m.State) && c.wants("approved", strconv.FormatBool(!m.Pending)) &&
			(!m.SystemGenerated || !c.flag("ignoreSystemGenerated")) && c.mentions(textAt(c.t.memberRow(*m), "name"))
	})
	rows := rowsOf(wanted, c.t.memberRow)
	rows = c.sorted(rows, c.query.Get("sortField"), "asc")
	return c.counted(object{"users": paged(c, rows, c.number("size", len(rows)))}, len(rows)), nil
}

func (t *Tenant) memberRow(m Member) object {
	row := object{
		"profile": nil, "name": "", "iamid": "bim", "userid": nil, "email": nil,
		"state": t.rowState(&m), "approved": !m.Pending, "subscriptionId": idOrNull(m.SubscriptionID),
		"systemGenerated": m.SystemGenerated, "lastExternalRefresh": nil, "admin": nil, "approvals": []any{}, "subscriptionContext": nil,
		"expiration": momentOrNull(m.Expiration), "createdAt": m.CreatedAt.Format(timestamp), "updatedAt": m.UpdatedAt.Format(timestamp),
	}
	if m.GroupID != 0 {
		row["group"], row["name"] = t.groupRef(m.GroupID), groups.of(t).names[m.GroupID]
		return row
	}
	row["profile"] = m.ProfileID
	if u := t.userByProfile(m.ProfileID); u != nil {
		row["name"], row["userid"], row["email"] = u.name, u.iamUserID(), u.iamUserID()
	}
	return row
}

// rowState is how a member's state shows in the list of a source's members.
func (t *Tenant) rowState(m *Member) string {
	if t.settings.pendingStates {
		return m.status()
	}
	return m.State
}

// orNull is null for the empty text.
func orNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}
