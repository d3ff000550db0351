package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// seedShape is what a seed holds. What its sources hold depends on their technologies, see seedSource and kind.described.
var seedShape = keys{
	"users":   list{keys{"name": required{text}, "api_key": text, "permissions": list{text}}},
	"groups":  list{text},
	"tags":    list{text},
	"sources": list{anything},
}

// seedSource is what a seed says of a source of any technology.
var seedSource = keys{
	"name": required{text}, "technology": required{text}, "description": text, "enabled": boolean, "created_by": text,
	"subscription_type": oneOf("automatic", "approval", "policy", "manual"),
	"tags":              list{text},
	"columns": list{keys{
		"name": required{text}, "data_type": required{text}, "remote_type": required{text}, "nullable": boolean,
		"remote_column": text, "description": text, "tags": list{text},
	}},
	"members": list{keys{"user": text, "group": text, "role": role, "expiration": moment}},
}

// Seed adds what a JSON text describes to what the tenant has: users, groups, tags, and sources with their columns and
// members. Keys are named like the provider's attributes; users and groups are referred to by name. An error has a line
// for each problem, which begins with the path of what is wrong, such as "sources[0].server.warehouse". What is right may
// have been added all the same.
func (t *Tenant) Seed(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		if at := (*json.SyntaxError)(nil); errors.As(err, &at) {
			return fmt.Errorf("line %d: %w", 1+bytes.Count(text[:at.Offset], []byte("\n")), err)
		}
		return err
	}
	defer t.lock()()
	s := seeding{t: t, problems: seedShape.problems("", value)}
	if seed, ok := value.(map[string]any); ok && len(s.problems) == 0 {
		s.add(seed)
	}
	if len(s.problems) > 0 {
		return errors.New(strings.Join(s.problems, "\n"))
	}
	return nil
}

// A seeding adds a seed to a tenant, and collects what is wrong with it.
type seeding struct {
	t        *Tenant
	problems []string
}

func (s *seeding) refuse(path, format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf("%q: ", path)+fmt.Sprintf(format, args...))
}

// add adds everything in the order in which it is referred to.
func (s *seeding) add(seed object) {
	for i, sent := range listAt(seed, "users") {
		user, _ := sent.(map[string]any)
		s.addUser(fmt.Sprintf("users[%d]", i), user)
	}
	for i, sent := range listAt(seed, "groups") {
		name, _ := sent.(string)
		s.addGroup(fmt.Sprintf("groups[%d]", i), name)
	}
	for i, sent := range listAt(seed, "tags") {
		name, _ := sent.(string)
		s.addTag(fmt.Sprintf("tags[%d]", i), name)
	}
	for i, sent := range listAt(seed, "sources") {
		source, _ := sent.(map[string]any)
		s.addSource(fmt.Sprintf("sources[%d]", i), source)
	}
}

func (s *seeding) addUser(path string, sent object) {
	u := user{name: textAt(sent, "name"), apiKey: textAt(sent, "api_key")}
	if s.t.userByName(u.name) != nil {
		s.refuse(path+".name", "there is a user %q already", u.name)
	}
	if other := s.t.userByKey(u.apiKey); other != nil {
		s.refuse(path+".api_key", "%q has this key already", other.name)
	}
	if permissions := listAt(sent, "permissions"); permissions != nil {
		u.permissions = map[string]bool{}
		for _, permission := range permissions {
			u.permissions[fmt.Sprint(permission)] = true
		}
	}
	s.t.addUser(u)
}

func (s *seeding) addGroup(path, name string) {
	switch {
	case name == "":
		s.refuse(path, "a name is required")
	case s.t.groupByName(name) != 0:
		s.refuse(path, "there is a group %q already", name)
	default:
		s.t.addGroup(name)
	}
}

func (s *seeding) addTag(path, name string) {
	if name == "" {
		s.refuse(path, "a name is required")
	}
	(*tagNames.of(s.t))[name] = true
}

func (s *seeding) addSource(path string, sent object) {
	label := textAt(sent, "technology")
	tech := find(s.t.technologies, func(tech *Technology) bool { return strings.EqualFold(tech.Label, label) })
	if tech == nil {
		labels := rowsOf(s.t.technologies, func(tech *Technology) string { return tech.Label })
		s.refuse(path+".technology", "must be one of %s", strings.Join(slices.Sorted(slices.Values(labels)), ", "))
		return
	}
	expected := tech.behavior().described(tech, sent)
	maps.Copy(expected, seedSource)
	if problems := expected.problems(path, sent); len(problems) > 0 {
		s.problems = append(s.problems, problems...)
		return
	}

	before := len(s.problems)
	spec := tech.behavior().spec(sent)
	spec.Name, spec.CreatedBy = textAt(sent, "name"), DefaultProfileID
	spec.Deleted = sent["enabled"] == false
	if !isEmpty(sent, "created_by") {
		spec.CreatedBy = s.profile(path+".created_by", textAt(sent, "created_by"))
	}
	spec.Members = s.members(path+".members", objectsAt(sent, "members"))
	tags := s.tags(path+".tags", listAt(sent, "tags"))
	columns := s.columns(path+".columns", objectsAt(sent, "columns"))
	metadata := spec.metadata(tech)
	if err := s.t.nameTaken(spec.Name, nil); err != nil {
		s.refuse(path+".name", "%s", err)
	}
	if err := s.t.tableTaken(tech, metadata, nil); err != nil {
		s.refuse(path, "another source stands for the same table")
	}
	if len(s.problems) > before {
		return
	}

	added := s.t.addSource(tech, metadata, spec)
	added.Description = textAt(sent, "description")
	if !isEmpty(sent, "subscription_type") {
		added.SubscriptionType = textAt(sent, "subscription_type")
	}
	for _, name := range tags {
		s.t.addTag(added, object{"name": name}, s.t.userByProfile(spec.CreatedBy))
	}
	if columns != nil {
		s.t.setColumns(added.ID, columns)
	}
}

// profile is the id of the user of that name; 0 after a refusal.
func (s *seeding) profile(path, name string) int {
	u := s.t.userByName(name)
	if u == nil {
		s.refuse(path, "there is no user %q", name)
		return 0
	}
	return u.profileID
}

func (s *seeding) members(path string, sent []object) (members []Member) {
	type subject struct{ profile, group int }
	seen := map[subject]bool{}
	for i, o := range sent {
		path := fmt.Sprintf("%s[%d]", path, i)
		m := Member{State: textAt(o, "role"), Expiration: textAt(o, "expiration")}
		switch user, group := textAt(o, "user"), textAt(o, "group"); {
		case (user == "") == (group == ""):
			s.refuse(path, "exactly one of user and group is required")
			continue
		case user != "":
			m.ProfileID = s.profile(path+".user", user)
		default:
			if m.GroupID = s.t.groupByName(group); m.GroupID == 0 {
				s.refuse(path+".group", "there is no group %q", group)
			}
		}
		who := subject{m.ProfileID, m.GroupID}
		if who != (subject{}) && seen[who] {
			s.refuse(path, "is a member already")
		}
		seen[who] = true
		members = append(members, m)
	}
	return members
}

// tags are the names of tags that exist.
func (s *seeding) tags(path string, sent []any) (names []string) {
	for i, value := range sent {
		name, _ := value.(string)
		if !(*tagNames.of(s.t))[name] {
			s.refuse(fmt.Sprintf("%s[%d]", path, i), "there is no tag %q", name)
		}
		names = append(names, name)
	}
	return names
}

// columns is nil when a seed says nothing about them.
func (s *seeding) columns(path string, sent []object) (columns []Column) {
	seen := map[string]bool{}
	for i, o := range sent {
		path := fmt.Sprintf("%s[%d]", path, i)
		if name := textAt(o, "name"); seen[name] {
			s.refuse(path+".name", "there is a column %q already", name)
		}
		seen[textAt(o, "name")] = true
		column := plain[Column](object{
			"name": o["name"], "dataType": o["data_type"], "remoteType": o["remote_type"], "nullable": o["nullable"],
			"remoteColumn": o["remote_column"], "description": o["description"],
		})
		for _, name := range s.tags(path+".tags", listAt(o, "tags")) {
			column.Tags = append(column.Tags, ColumnTag{Name: name, Source: "curated"})
		}
		columns = append(columns, column)
	}
	return columns
}
