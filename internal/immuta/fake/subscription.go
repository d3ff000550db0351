package fake

import (
	"net/http"
	"slices"
)

// subscriptionNoun serves what a caller does about its own access. What comes of asking for it is up to the source's
// SubscriptionType.
func subscriptionNoun() noun {
	approval := keys{
		"requiredPermission": text, "specificApproverRequired": boolean, "specificApprover": integer, "ownerModelId": integer,
	}
	return noun{routes: []route{
		post("/dataSource/subscribe", keys{"dataSourceIds": list{integer}, "approvals": list{approval}}, subscribe).
			taking(parameters{"dataSourceId": asNumber}),
		del("/dataSource/{id}/unsubscribe", onSource(unsubscribe)),
	}}
}

func subscribe(c *call) (any, error) {
	if c.t.settings.subscribeByQuery && !c.query.Has("dataSourceId") {
		return nil, badRequest(`Invalid request: query parameter "dataSourceId" is required`)
	}
	ids := intsAt(c.object(), "dataSourceIds")
	if id := c.number("dataSourceId", 0); id != 0 && !slices.Contains(ids, id) {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, badRequest(`Invalid request: "dataSourceIds" is required`)
	}
	var found []*Source
	for _, id := range ids {
		s := c.t.source(id)
		if s == nil {
			return nil, notFound("Data source not found.")
		}
		if c.t.member(id, c.caller.profileID) != nil {
			return nil, badRequest("You are subscribed to data source %d.", id)
		}
		if s.SubscriptionType != "automatic" && s.SubscriptionType != "approval" {
			return nil, fail(http.StatusForbidden, "Access to data source %d is not open to requests.", id)
		}
		found = append(found, s)
	}
	return rowsOf(found, func(s *Source) object {
		m := c.t.addMember(s.ID, Member{ProfileID: c.caller.profileID, Pending: s.SubscriptionType == "approval"})
		return object{
			"dataSourceId": s.ID, "state": m.status(), "profileId": m.ProfileID,
			"createdAt": s.CreatedAt.Format(timestamp), "updatedAt": s.UpdatedAt.Format(timestamp),
		}
	}), nil
}

func unsubscribe(c *call, s *Source) (any, error) {
	m := c.t.member(s.ID, c.caller.profileID)
	if m == nil || m.Inherited {
		return nil, notFound("Subscription not found.")
	}
	c.t.endMembership(s.ID, func(o *Member) bool { return o == m })
	return object{"status": true}, nil
}
