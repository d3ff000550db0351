package fake

import (
	"slices"
)

// denials says what becomes of the denial of a subscription.
type denials int

const (
	effective denials = iota
	pendingOnly
	ignored
)

// accessNoun serves what changes the members of a source.
func accessNoun() noun {
	approval := keys{"requiredPermission": text, "specificApproverRequired": boolean, "specificApprover": integer}
	return noun{routes: []route{
		post("/dataSource/{id}/access", keys{
			"state": required{role}, "profileId": integer, "groupId": integer, "expiration": moment,
			"approvals": list{approval}, "metadata": keys{},
		}, onManaged(grant)),
		put("/dataSource/{id}/access/{subscriptionId}", keys{"state": required{role}, "expiration": moment}, onManaged(changeRole)),
		post("/subscription/deny", keys{"id": integer, "denialReasoning": text}, deny),
	}}
}

// grant adds a member to a source. Approvals make it wait for them.
func grant(c *call, s *Source) (any, error) {
	sent := c.object()
	m := Member{
		ProfileID: intAt(sent, "profileId"), GroupID: intAt(sent, "groupId"), State: textAt(sent, "state"),
		Pending: len(listAt(sent, "approvals")) > 0, Expiration: c.t.keptExpiration(sent),
	}
	if (m.ProfileID == 0) == (m.GroupID == 0) {
		return nil, badRequest(`Invalid request: exactly one of "profileId" and "groupId" is required`)
	}
	if m.ProfileID != 0 && c.t.userByProfile(m.ProfileID) == nil {
		return nil, notFound("Profile not found.")
	}
	if m.GroupID != 0 && groups.of(c.t).names[m.GroupID] == "" {
		return nil, notFound("Group not found.")
	}
	taken := func(o *Member) bool { return o.ProfileID == m.ProfileID && o.GroupID == m.GroupID && !o.Inherited }
	if slices.ContainsFunc(members.of(c.t).bySource[s.ID], taken) && !c.t.settings.accessUpserts {
		return nil, badRequest("The user or group is a member of this data source.")
	}
	return c.t.subscriptionAnswer(s, c.t.addMember(s.ID, m), nil), nil
}

func changeRole(c *call, s *Source) (any, error) {
	id, err := c.id("subscriptionId")
	if err != nil {
		return nil, err
	}
	m := c.t.subscriptionOf(s, id)
	if m == nil {
		return nil, notFound("Subscription not found.")
	}
	sent, before := c.object(), m.State
	m.State, m.UpdatedAt = textAt(sent, "state"), c.t.clock.now
	if _, ok := sent["expiration"]; ok {
		m.Expiration = c.t.keptExpiration(sent)
	}
	return c.t.subscriptionAnswer(s, m, before), nil
}

// deny ends a subscription, or the request for one.
func deny(c *call) (any, error) {
	id := intAt(c.object(), "id")
	for _, s := range c.t.sources {
		m := c.t.subscriptionOf(s, id)
		if m == nil {
			continue
		}
		if err := c.mayManage(s); err != nil {
			return nil, err
		}
		if c.t.settings.deny == pendingOnly && !m.Pending {
			return nil, badRequest("The subscription is not pending.")
		}
		if c.t.settings.deny != ignored {
			c.t.endMembership(s.ID, func(o *Member) bool { return o == m })
		}
		return c.t.subscriptionAnswer(s, m, m.State), nil
	}
	return nil, notFound("Subscription not found.")
}

// subscriptionOf is the member with a subscription, or nil.
func (t *Tenant) subscriptionOf(s *Source, subscriptionID int) *Member {
	return find(members.of(t).bySource[s.ID], func(m *Member) bool { return m.SubscriptionID == subscriptionID && !m.Inherited })
}

func (t *Tenant) keptExpiration(sent object) string {
	if t.settings.ignoredExpirations {
		return ""
	}
	return textAt(sent, "expiration")
}

// subscriptionAnswer is how a write of a member is answered.
func (t *Tenant) subscriptionAnswer(s *Source, m *Member, originalState any) object {
	if t.settings.withoutAccessAnswers {
		return object{}
	}
	answer := object{
		"id": m.SubscriptionID, "modelId": s.ID, "modelType": "datasource", "state": t.rowState(m), "denialReasoning": nil,
		"profile": idOrNull(m.ProfileID), "group": idOrNull(m.GroupID), "expiration": momentOrNull(m.Expiration),
		"acknowledgeRequired": false, "approved": !m.Pending,
		"createdAt": m.CreatedAt.Format(timestamp), "updatedAt": m.UpdatedAt.Format(timestamp),
	}
	if originalState != nil {
		answer["originalState"] = originalState
	}
	return answer
}
