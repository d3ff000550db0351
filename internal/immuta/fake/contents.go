package fake

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Contents says what is in the tenant, one line for each kind: users with their ids and API keys, groups with their ids,
// tags, and sources with their ids and technologies. A line names the first contentsCap of its kind.
func (t *Tenant) Contents() string {
	defer t.lock()()
	users := rowsOf(t.users, func(u *user) string { return fmt.Sprintf("%s (%d, key %s)", u.name, u.profileID, u.apiKey) })
	var groupNames []string
	names := groups.of(t).names
	for _, id := range slices.Sorted(maps.Keys(names)) {
		groupNames = append(groupNames, fmt.Sprintf("%s (%d)", names[id], id))
	}
	sources := rowsOf(t.sources, func(s *Source) string {
		if s.Deleted {
			return fmt.Sprintf("%s (%d, %s, disabled)", s.Name, s.ID, s.Technology)
		}
		return fmt.Sprintf("%s (%d, %s)", s.Name, s.ID, s.Technology)
	})
	return contentsLine("users", users) + contentsLine("groups", groupNames) +
		contentsLine("tags", slices.Sorted(maps.Keys(*tagNames.of(t)))) + contentsLine("sources", sources)
}

const contentsCap = 20

func contentsLine(kind string, of []string) string {
	shown, rest := strings.Join(of[:min(len(of), contentsCap)], ", "), ""
	if len(of) == 0 {
		shown = "none"
	}
	if more := len(of) - contentsCap; more > 0 {
		rest = fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%-8s %s%s\n", kind, shown, rest)
}
