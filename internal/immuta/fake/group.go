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
	return t.addGroup(name)
}

func (t *Tenant) addGroup(name string) int {
	state := groups.of(t)
	id := state.ids.take()
	state.names[id] = name
	return id
}

// groupByName is the id of the group of that name, or 0.
func (t *Tenant) groupByName(name string) int {
	for id, other := range groups.of(t).names {
		if other == name {
			return id
		}
	}
	return 0
}

// groupRef is how a group is named in a member's row.
func (t *Tenant) groupRef(id int) any {
	if t.settings.groupObjects {
		return object{"id": id, "name": groups.of(t).names[id]}
	}
	return id
}
