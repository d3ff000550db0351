package fake

// The group that every tenant has from the start.
const (
	DefaultGroupID   = firstGroupID
	defaultGroupName = "Analysts"
)

type groupState struct {
	names map[int]string
	ids   counter
}

var groups = &slot[groupState]{fresh: func() *groupState {
	return &groupState{names: map[int]string{DefaultGroupID: defaultGroupName}, ids: counter{next: firstGroupID + 1}}
}}

// AddGroup adds a group and returns its id.
func (t *Tenant) AddGroup(name string) int {
	defer t.lock()()
	state := groups.of(t)
	id := state.ids.take()
	state.names[id] = name
	return id
}

// groupRef is how a group is named in a member's row.
func (t *Tenant) groupRef(id int) any {
	if t.settings.groupObjects {
		return object{"id": id, "name": groups.of(t).names[id]}
	}
	return id
}
