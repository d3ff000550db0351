package fake

import (
	"slices"
	"strconv"
	"time"
)

// An Activity is an entry of a source's feed.
type Activity struct {
	ID               int
	NotificationType string // such as "modelUserDeleted"
	Activity         string // such as "access"
	Action           string // such as "revoked"
	ActionBy         int    // a profile; 0: nobody in particular
	TargetUser       int    // a profile; 0: nobody in particular
	At               time.Time
}

const firstActivityID = 2_000_000

// activities are the feeds, with the oldest first.
var activities = perSource[[]Activity](firstActivityID)

func activityNoun() noun {
	return noun{
		routes: []route{
			get("/dataSource/{id}/activities", onSource(listActivities)).taking(parameters{"offset": asNumber, "size": asNumber}),
		},
		created: func(t *Tenant, s *Source) {
			t.addActivity(s.ID, Activity{NotificationType: "modelCreated", ActionBy: s.CreatedBy})
		},
	}
}

// AddActivity adds an entry to a source's feed, which has one from the start: that it was registered.
func (t *Tenant) AddActivity(sourceID int, a Activity) int {
	defer t.lock()()
	return t.addActivity(sourceID, a)
}

func (t *Tenant) addActivity(sourceID int, a Activity) int {
	state := activities.of(t)
	a.ID, a.At = state.ids.take(), t.clock.now
	state.bySource[sourceID] = append(state.bySource[sourceID], a)
	return a.ID
}

// listActivities pages through a feed, the newest entry first.
func listActivities(c *call, s *Source) (any, error) {
	feed := slices.Clone(activities.of(c.t).bySource[s.ID])
	slices.Reverse(feed)
	rows := rowsOf(paged(c, feed, c.number("size", defaultPageSize)), func(a Activity) object {
		return object{
			"id": a.ID, "modelType": "datasource", "modelId": strconv.Itoa(s.ID), "notificationType": a.NotificationType, "read": false,
			"metadata":  object{"dataSourceName": s.Name, "activity": orNull(a.Activity), "action": orNull(a.Action)},
			"createdAt": a.At.Format(timestamp), "updatedAt": a.At.Format(timestamp),
			"actionBy": c.t.person(a.ActionBy), "targetUser": c.t.person(a.TargetUser),
		}
	})
	return c.counted(object{"activities": rows}, len(feed)), nil
}
