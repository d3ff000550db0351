package fake

// healths are what checks of a source will find, where a test says so.
var healths = perSource[map[string]string](0)

// checks are all that a tenant runs. Those that look at something a source need not have are null where it is missing.
var checks = []string{
	"blob", "columnEvolution", "externalCatalog", "fingerprint", "globalPolicy", "highCardinality", "schemaEvolution", "sdd", "sql", "stats",
}

func healthNoun() noun {
	return noun{routes: []route{get("/dataSource/{id}/test", onSource(runChecks))}}
}

// SetCheck says what a check, such as "sql", finds from now on: "passed" or "failed". Otherwise checks pass, or do not
// apply.
func (t *Tenant) SetCheck(sourceID int, check, status string) {
	defer t.lock()()
	state := healths.of(t)
	if state.bySource[sourceID] == nil {
		state.bySource[sourceID] = map[string]string{}
	}
	state.bySource[sourceID][check] = status
}

// runChecks runs the checks, which decides the status of the source.
func runChecks(c *call, s *Source) (any, error) {
	answer, status := object{}, "passed"
	for _, check := range checks {
		found := c.t.check(s, check)
		answer[check] = nil
		if found == "" {
			continue
		}
		answer[check] = object{"status": found, "lastRun": c.t.clock.now.Format(timestamp), "message": nil}
		if found == "failed" {
			status = found
		}
	}
	s.Status = status
	return answer, nil
}

// check is what a check finds; empty if it does not apply.
func (t *Tenant) check(s *Source, check string) string {
	if found, ok := healths.of(t).bySource[s.ID][check]; ok {
		return found
	}
	switch {
	case check == "blob",
		check == "externalCatalog" && s.CatalogMetadata == nil,
		check == "schemaEvolution" && s.SchemaEvolutionID == 0,
		check == "columnEvolution" && !s.ColumnEvolutionEnabled:
		return ""
	default:
		return "passed"
	}
}
