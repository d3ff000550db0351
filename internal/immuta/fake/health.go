package fake

import (
	"net/http"
)

// healthState holds what checks of a source will find, where a test says so.
type healthState struct{ bySource map[int]map[string]string }

var healths = &slot[healthState]{fresh: func() *healthState { return &healthState{bySource: map[int]map[string]string{}} }}

// checks are all that a tenant runs. Those that look at something a source need not
// have are null where it is missing.
var checks = []string{
	"blob", "columnEvolution", "externalCatalog", "fingerprint", "globalPolicy", "highCardinality", "schemaEvolution", "sdd", "sql", "stats",
}

func healthNoun() noun {
	return noun{
		routes:    []route{{method: http.MethodGet, pattern: "/dataSource/{id}/test", serve: runChecks}},
		destroyed: func(t *Tenant, s *Source) { delete(healths.of(t).bySource, s.ID) },
	}
}

// SetCheck says what a check, such as "sql", finds from now on: "passed" or "failed".
// Otherwise checks pass, or do not apply.
func (t *Tenant) SetCheck(sourceID int, check, status string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	state := healths.of(t)
	if state.bySource[sourceID] == nil {
		state.bySource[sourceID] = map[string]string{}
	}
	state.bySource[sourceID][check] = status
}

// runChecks runs the checks, which decides the status of the source.
func runChecks(c *call) (any, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
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
