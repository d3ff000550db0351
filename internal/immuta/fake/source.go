package fake

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Source is a data source as the tenant keeps it. The empty text is what Immuta answers as null.
type Source struct {
	ID         int
	HandlerID  int
	Technology string // the label, such as "Snowflake"

	Name          string
	SQLSchemaName string
	SQLTableName  string
	Description   string
	Documentation string
	Organization  string
	Category      string
	RecordFormat  string
	Expiration    string
	HasExamples   bool
	Private       bool

	CatalogMetadata        map[string]any
	ColumnEvolutionEnabled bool
	SchemaEvolutionID      int // 0: none
	SubscriptionType       string
	Status                 string
	Tags                   []Tag

	Deleted   bool // disabled, that is deleted softly
	CreatedBy int
	CreatedAt time.Time
	UpdatedAt time.Time

	// HandlerDeleteError is what a delete answers as handlerDeleteErrorMessage.
	HandlerDeleteError string
}

// A Tag is a tag on a source or a column.
type Tag struct {
	Name    string `json:"name"`
	Source  string `json:"source"`
	AddedBy int    `json:"addedBy"`
	Deleted bool   `json:"deleted"`
}

// copy is a deep copy, and whether there is a source at all.
func (s *Source) copy() (Source, bool) {
	if s == nil {
		return Source{}, false
	}
	c := *s
	c.Tags, c.CatalogMetadata = slices.Clone(s.Tags), plain[object](s.CatalogMetadata)
	return c, true
}

// A SourceSpec describes a source that a test adds. Everything has a default; Metadata overrides single keys of the
// handler's metadata (null removes one).
type SourceSpec struct {
	Technology string // the label; defaultLabel
	Name       string // "Source <id>"
	Hostname   string // "acme.example.com"
	Port       int    // the technology's
	Database   string // "PROD"
	Schema     string // "PUBLIC"
	Table      string // "TABLE_<id>", unless Query is set
	Query      string
	Username   string // "IMMUTA"
	Metadata   map[string]any
	Deleted    bool
	CreatedBy  int      // DefaultProfileID; becomes the owner
	Members    []Member // besides the owner
}

// AddSource registers a source behind the API's back, without checking that its name and table are free, and returns its
// id. It panics on a technology that the tenant does not have.
func (t *Tenant) AddSource(spec SourceSpec) int {
	defer t.lock()()
	label := cmp.Or(spec.Technology, defaultLabel)
	tech := must(t.technologyByLabel(label), "technology %q", label)
	next := t.sourceIDs.next
	spec.Name = cmp.Or(spec.Name, fmt.Sprintf("Source %d", next))
	if spec.Query == "" {
		spec.Table = cmp.Or(spec.Table, fmt.Sprintf("TABLE_%d", next))
	}
	spec.CreatedBy = cmp.Or(spec.CreatedBy, DefaultProfileID)
	return t.addSource(tech, spec.metadata(tech), spec).ID
}

// metadata is the handler's.
func (spec SourceSpec) metadata(tech *Technology) object {
	metadata := tech.behavior().seed(tech, spec)
	for key, value := range plain[object](spec.Metadata) {
		metadata[key] = value
		if value == nil {
			delete(metadata, key)
		}
	}
	return metadata
}

// addSource registers a source whose spec is complete.
func (t *Tenant) addSource(tech *Technology, metadata object, spec SourceSpec) *Source {
	s := t.create(tech, metadata, Source{
		Name:          spec.Name,
		SQLSchemaName: textAt(metadata, "bodataSchemaName"),
		SQLTableName:  textAt(metadata, "bodataTableName"),
		Deleted:       spec.Deleted,
		CreatedBy:     spec.CreatedBy,
	})
	for _, m := range spec.Members {
		t.addMember(s.ID, m)
	}
	return s
}

// create registers a source whose particulars have been checked.
func (t *Tenant) create(tech *Technology, metadata object, s Source) *Source {
	s.ID, s.HandlerID = t.sourceIDs.take(), t.handlerIDs.take()
	s.Technology = tech.Label
	s.Organization = cmp.Or(s.Organization, "Immuta")
	s.SubscriptionType, s.Status = "manual", "passed"
	s.CreatedAt, s.UpdatedAt = t.clock.now, t.clock.now
	h := &handler{id: s.HandlerID, sourceID: s.ID, tech: tech, createdAt: t.clock.now}
	t.handlers[h.id] = h
	columns := columnsIn(metadata)
	t.store(h, metadata)
	t.sources = append(t.sources, &s)
	for _, n := range t.nouns {
		if n.created != nil {
			n.created(t, &s)
		}
	}
	if columns != nil {
		t.setColumns(s.ID, columns)
	}
	return &s
}

// destroy deletes a source for good.
func (t *Tenant) destroy(s *Source) {
	t.sources = slices.DeleteFunc(t.sources, func(o *Source) bool { return o == s })
	delete(t.handlers, s.HandlerID)
	for _, state := range t.state {
		if state, ok := state.(forgetful); ok {
			state.forget(s.ID)
		}
	}
}

func (t *Tenant) setDeleted(s *Source, deleted bool) {
	if s.Deleted != deleted {
		s.Deleted, s.UpdatedAt = deleted, t.clock.now
	}
}

func (t *Tenant) source(id int) *Source {
	i, found := slices.BinarySearchFunc(t.sources, id, func(s *Source, id int) int { return cmp.Compare(s.ID, id) })
	if !found {
		return nil
	}
	return t.sources[i]
}

// Source is a copy of a source, live or disabled.
func (t *Tenant) Source(id int) (Source, bool) {
	defer t.lock()()
	return t.source(id).copy()
}

// SourceByName is a copy of the source of that name, live or disabled.
func (t *Tenant) SourceByName(name string) (Source, bool) {
	defer t.lock()()
	return find(t.sources, func(s *Source) bool { return s.Name == name }).copy()
}

// Sources is a copy of every source, live or disabled, in the order of their ids.
func (t *Tenant) Sources() []Source {
	defer t.lock()()
	sources := make([]Source, len(t.sources))
	for i, s := range t.sources {
		sources[i], _ = s.copy()
	}
	return sources
}

// UpdateSource changes a source behind the API's back. It panics when there is none.
func (t *Tenant) UpdateSource(id int, change func(*Source)) {
	t.mutate(id, func(s *Source) {
		change(s)
		s.UpdatedAt = t.clock.now
	})
}

// Disable deletes a source softly, behind the API's back. It panics when there is none.
func (t *Tenant) Disable(id int) {
	t.mutate(id, func(s *Source) { t.setDeleted(s, true) })
}

// Restore undoes Disable. It panics when there is no such source.
func (t *Tenant) Restore(id int) {
	t.mutate(id, func(s *Source) { t.setDeleted(s, false) })
}

// Destroy deletes a source for good, behind the API's back. It panics when there is none.
func (t *Tenant) Destroy(id int) { t.mutate(id, t.destroy) }

func (t *Tenant) mutate(id int, change func(*Source)) {
	defer t.lock()()
	change(must(t.source(id), "source %d", id))
}

// nameTaken refuses a name that another source has, live or disabled.
func (t *Tenant) nameTaken(name string, except *Source) error {
	taken := find(t.sources, func(s *Source) bool { return s != except && s.Name == name })
	if taken == nil {
		return nil
	}
	return notUnique("data source", "name", name)
}

// tableTaken refuses a table that another source of the technology has registered.
func (t *Tenant) tableTaken(tech *Technology, metadata object, except *handler) error {
	folded := maps.Clone(metadata)
	t.settings.fold(tech, folded)
	key := tech.behavior().table(folded)
	if key == "" {
		return nil
	}
	for _, s := range t.sources {
		h := t.handlers[s.HandlerID]
		if h != except && h.tech.Label == tech.Label && h.table == key {
			return fail(t.settings.duplicateTableStatus, "Duplicate tables are specified in the payload: the table is already registered.")
		}
	}
	return nil
}
