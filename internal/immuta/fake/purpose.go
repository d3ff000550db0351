package fake

import "slices"

// A restriction is a policy that confines the use of a source to purposes.
type restriction struct {
	policyID int
	operator string // "and" or "or"
	purposes []string
}

const firstPolicyID = 1_800_000

var purposes = perSource[restriction](firstPolicyID)

func purposeNoun() noun {
	return noun{routes: []route{
		get("/dataSource/byPurposes", listByPurposes).taking(parameters{"purposes": asTexts, "excludedProjects": asNumbers}),
	}}
}

// Restrict confines the use of a source to all ("and") or any ("or") of some purposes, and returns the policy's id.
func (t *Tenant) Restrict(sourceID int, operator string, names ...string) int {
	defer t.lock()()
	state := purposes.of(t)
	r := restriction{policyID: state.ids.take(), operator: operator, purposes: names}
	state.bySource[sourceID] = r
	return r.policyID
}

func (r restriction) allows(given []string) bool {
	has := func(purpose string) bool { return slices.Contains(given, purpose) }
	if r.operator == "or" {
		return slices.ContainsFunc(r.purposes, has)
	}
	return !slices.ContainsFunc(r.purposes, func(purpose string) bool { return !has(purpose) })
}

// listByPurposes answers the sources whose restriction the purposes satisfy. There are no projects here to exclude anything
// by.
func listByPurposes(c *call) (any, error) {
	given := c.query["purposes"]
	if len(given) == 0 {
		return nil, refuse(missing("purposes"))
	}
	rows := []object{}
	for _, s := range c.t.sources {
		r, restricted := purposes.of(c.t).bySource[s.ID]
		if !restricted || s.Deleted || !r.allows(given) {
			continue
		}
		rows = append(rows, object{
			"id": s.ID, "name": s.Name, "policyId": r.policyID,
			"restrictions": []object{{"operator": r.operator, "purposes": r.purposes}},
		})
	}
	return rows, nil
}
