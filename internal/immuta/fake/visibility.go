package fake

import "slices"

// visibilityNoun serves what a user sees of a source. There are no policies here; what it answers follows from the members
// and the tags that there are: each tag of a source is one visibility, which every approved member has; each tagged column
// is masked for all but owners and experts.
func visibilityNoun() noun {
	const profile = "/dataSource/{id}/users/{profileId}"
	return noun{routes: []route{
		get(profile+"/policyInfo", on((*call).viewer, getPolicyInfo)).taking(parameters{"projectId": asNumber}),
		get(profile+"/visibilityReport", on((*call).viewer, getVisibilityReport)).
			taking(parameters{"informationOnly": asFlag, "includeNestedColumns": asFlag}),
		get("/dataSource/{id}/visibilityReport", onSource(getMyVisibilityReport)),
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

func getPolicyInfo(_ *call, v viewer) (any, error) {
	return object{
		"visibilities": []object{{"anyKey": v.visibilities()}}, "visibilityRuleApplies": len(v.s.Tags) > 0 && !v.seesAll(),
		"masked": v.masked(), "additionalFilters": []any{},
	}, nil
}

func getVisibilityReport(_ *call, v viewer) (any, error) {
	return v.report(), nil
}

func getMyVisibilityReport(c *call, s *Source) (any, error) {
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
