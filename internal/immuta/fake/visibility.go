package fake

import (
	"net/http"
	"slices"
)

// visibilityNoun serves what a user sees of a source. There are no policies here;
// what it answers follows from the members and the tags that there are: each tag of
// a source is one visibility, which every approved member has; each tagged column is
// masked for all but owners and experts.
func visibilityNoun() noun {
	const profile = "/dataSource/{id}/users/{profileId}"
	return noun{routes: []route{
		{
			method: http.MethodGet, pattern: profile + "/policyInfo", serve: getPolicyInfo,
			query: map[string]parameter{"projectId": integerParameter},
		},
		{
			method: http.MethodGet, pattern: profile + "/visibilityReport", serve: getVisibilityReport,
			query: map[string]parameter{"informationOnly": booleanParameter, "includeNestedColumns": booleanParameter},
		},
		{method: http.MethodGet, pattern: "/dataSource/{id}/visibilityReport", serve: getMyVisibilityReport},
	}}
}

// viewer is a profile in the face of a source.
type viewer struct {
	t    *Tenant
	s    *Source
	role string
}

// viewer is the one that the path names, if the caller may ask about it.
func (c *call) viewer() (viewer, error) {
	s, err := c.source()
	if err != nil {
		return viewer{}, err
	}
	id, err := c.id("profileId")
	if err != nil {
		return viewer{}, err
	}
	if c.t.userByProfile(id) == nil {
		return viewer{}, notFound("Profile not found.")
	}
	if id != c.caller.profileID {
		if err := c.mayManage(s); err != nil {
			return viewer{}, err
		}
	}
	return viewer{t: c.t, s: s, role: c.t.roleOf(s.ID, id)}, nil
}

func (v viewer) seesAll() bool { return v.role == "owner" || v.role == "expert" }

func (v viewer) masked() []object {
	rows := []object{}
	for _, col := range v.t.columnsOf(v.s.ID) {
		if len(col.Tags) > 0 && !v.seesAll() {
			rows = append(rows, object{"name": col.Name, "type": "hash", "actionType": "masking", "metadata": object{"tags": col.Tags}})
		}
	}
	return rows
}

// visibilities are the names of the source's tags, if the viewer is a member.
func (v viewer) visibilities() []string {
	names := []string{}
	for _, tag := range v.s.Tags {
		if v.role != "" && !slices.Contains(names, tag.Name) {
			names = append(names, tag.Name)
		}
	}
	return names
}

func getPolicyInfo(c *call) (any, error) {
	v, err := c.viewer()
	if err != nil {
		return nil, err
	}
	return object{
		"visibilities": []object{{"anyKey": v.visibilities()}}, "visibilityRuleApplies": len(v.s.Tags) > 0 && !v.seesAll(),
		"masked": v.masked(), "additionalFilters": []any{},
	}, nil
}

func getVisibilityReport(c *call) (any, error) {
	v, err := c.viewer()
	if err != nil {
		return nil, err
	}
	return v.report(), nil
}

func getMyVisibilityReport(c *call) (any, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	v := viewer{t: c.t, s: s, role: c.t.roleOf(s.ID, c.caller.profileID)}
	report := v.report()
	report["denialReason"] = nil
	if v.role == "" {
		report["denialReason"] = "The user is not subscribed to this data source."
	}
	return report, nil
}

func (v viewer) report() object {
	return object{
		"noVisibilities": len(v.s.Tags) == 0, "dataSourceVisibilitiesCount": len(v.s.Tags), "userVisibilitiesCount": len(v.visibilities()),
		"masked": v.masked(), "dataSource": v.s.ID, "dataSourceName": v.s.Name, "additionalFilters": []any{}, "allowMaskedJoins": false,
		"policySet": []any{},
	}
}
