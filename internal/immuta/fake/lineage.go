package fake

import (
	"slices"
	"time"
)

// A derivation is a source that was made from another one, in a project.
type derivation struct {
	parentID, childID, projectID int
	at                           time.Time
}

type lineageState struct{ all []derivation }

var lineages = &slot[lineageState]{fresh: func() *lineageState { return &lineageState{} }}

func lineageNoun() noun {
	return noun{routes: []route{get("/dataSource/{id}/lineage/{side}", onSource(getLineage))}}
}

// Derive notes that one source was derived from another. Without a project, 0, it was derived outside of any.
func (t *Tenant) Derive(parentID, childID, projectID int) {
	defer t.lock()()
	state := lineages.of(t)
	state.all = append(state.all, derivation{parentID: parentID, childID: childID, projectID: projectID, at: t.clock.now})
}

// getLineage answers the sides that are asked for and no other.
func getLineage(c *call, s *Source) (any, error) {
	side := c.path["side"]
	if !slices.Contains([]string{"parents", "children", "all"}, side) {
		return nil, badRequest(`Invalid request: "type" must be one of parents, children, all`)
	}
	answer := object{}
	if side != "children" {
		answer["parents"] = c.relatives(func(d derivation) (int, bool) { return d.parentID, d.childID == s.ID })
	}
	if side != "parents" {
		answer["children"] = c.relatives(func(d derivation) (int, bool) { return d.childID, d.parentID == s.ID })
	}
	return answer, nil
}

func (c *call) relatives(of func(derivation) (id int, is bool)) []object {
	rows := []object{}
	for _, d := range lineages.of(c.t).all {
		id, is := of(d)
		s := c.t.source(id)
		if !is || s == nil {
			continue
		}
		rows = append(rows, object{
			"dataSourceId": s.ID, "dataSourceName": s.Name, "projectId": idOrNull(d.projectID), "policyHandlerDiff": nil,
			"deleted": s.Deleted, "createdBy": s.CreatedBy, "createdAt": d.at.Format(timestamp),
		})
	}
	return rows
}
