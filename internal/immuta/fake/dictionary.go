package fake

import (
	"slices"
	"time"
)

// A Dictionary is the columns of a source.
type Dictionary struct {
	ID        int
	SourceID  int
	Columns   []Column
	CreatedAt time.Time
	UpdatedAt time.Time
}

// A Column is what a client said about a column. What it left out is null.
type Column struct {
	Name         string      `json:"name"`
	DataType     string      `json:"dataType"`
	RemoteType   string      `json:"remoteType"`
	Nullable     *bool       `json:"nullable"`
	IsPrimaryKey *bool       `json:"isPrimaryKey"`
	RemoteColumn *string     `json:"remoteColumn"`
	Description  *string     `json:"description"`
	Tags         []ColumnTag `json:"tags"`
}

// A ColumnTag is a tag on a column.
type ColumnTag struct {
	Name    string `json:"name"`
	Source  string `json:"source"`
	Deleted bool   `json:"deleted"`
}

var dictionaries = perSource[*Dictionary](firstDictionaryID)

func dictionaryNoun() noun {
	const one = "/dictionary/{id}"
	body := keys{
		"metadata": list{column},
		// A client may put back the whole dictionary.
		"id": integer, "dataSource": integer, "types": list{text}, "createdAt": text, "updatedAt": text,
	}
	return noun{
		routes: []route{
			get(one, on((*call).dictionary, getDictionary)),
			post(one, body, on((*call).editedSource, createDictionary)),
			put(one, body, on((*call).editedSource, updateDictionary)),
			del(one, on((*call).editedSource, deleteDictionary)),
			get("/dictionary/columns", searchColumns).taking(parameters{"searchText": asText, "limit": asNumber}),
		},
		created: func(t *Tenant, s *Source) { t.setColumns(s.ID, introspected()) },
	}
}

// introspected is what a remote table looks like when nobody says what its columns are.
func introspected() []Column {
	column := func(name, dataType, remoteType string, nullable bool) Column {
		primary := !nullable
		return Column{
			Name: name, DataType: dataType, RemoteType: remoteType, Nullable: &nullable, IsPrimaryKey: &primary, RemoteColumn: &name,
		}
	}
	return []Column{
		column("id", "integer", "integer", false),
		column("name", "text", "varchar", true),
		column("created_at", "timestamp with time zone", "timestamp", true),
	}
}

// Dictionary is a copy of a source's dictionary.
func (t *Tenant) Dictionary(sourceID int) (Dictionary, bool) {
	defer t.lock()()
	d := dictionaries.of(t).bySource[sourceID]
	if d == nil {
		return Dictionary{}, false
	}
	c := *d
	c.Columns = plain[[]Column](d.Columns)
	return c, true
}

// UpdateDictionary changes a source's dictionary behind the API's back. It panics when there is none.
func (t *Tenant) UpdateDictionary(sourceID int, change func(*Dictionary)) {
	defer t.lock()()
	d := must(dictionaries.of(t).bySource[sourceID], "dictionary of source %d", sourceID)
	change(d)
	d.Columns = plain[[]Column](d.Columns)
	d.UpdatedAt = t.clock.now
}

// DeleteDictionary deletes a source's dictionary behind the API's back.
func (t *Tenant) DeleteDictionary(sourceID int) {
	defer t.lock()()
	delete(dictionaries.of(t).bySource, sourceID)
}

// setColumns replaces a source's columns, and makes the dictionary if there is none.
func (t *Tenant) setColumns(sourceID int, columns []Column) *Dictionary {
	state := dictionaries.of(t)
	d := state.bySource[sourceID]
	if d == nil {
		d = &Dictionary{ID: state.ids.take(), SourceID: sourceID, CreatedAt: t.clock.now}
		state.bySource[sourceID] = d
	}
	d.Columns, d.UpdatedAt = columns, t.clock.now
	return d
}

func (t *Tenant) columnsOf(sourceID int) []Column {
	if d := dictionaries.of(t).bySource[sourceID]; d != nil {
		return d.Columns
	}
	return []Column{}
}

// columnsIn is the columns in a handler's metadata; nil when it has none.
func columnsIn(metadata object) []Column {
	sent := listAt(metadata, "columns")
	if len(sent) == 0 {
		return nil
	}
	return plain[[]Column](sent)
}

// remoteTableDescription is JSON within JSON, as the vendor writes it.
func (t *Tenant) remoteTableDescription(sourceID int) string {
	described := rowsOf(t.columnsOf(sourceID), func(col Column) object {
		nullable := "YES"
		if col.Nullable != nil && !*col.Nullable {
			nullable = "NO"
		}
		return object{"name": col.Name, "isPrimaryKey": nil, "dataType": col.RemoteType, "nullable": nullable}
	})
	return string(encode(described))
}

func (d *Dictionary) record() object {
	types := []string{}
	columns := slices.Clone(orEmpty(d.Columns))
	for i, col := range columns {
		columns[i].Tags = orEmpty(col.Tags)
		if !slices.Contains(types, col.DataType) {
			types = append(types, col.DataType)
		}
	}
	return object{
		"id": d.ID, "dataSource": d.SourceID, "types": types, "metadata": columns,
		"createdAt": d.CreatedAt.Format(timestamp), "updatedAt": d.UpdatedAt.Format(timestamp),
	}
}

// dictionary is the dictionary that the path names.
func (c *call) dictionary() (*Dictionary, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	if d := dictionaries.of(c.t).bySource[s.ID]; d != nil {
		return d, nil
	}
	return nil, notFound("Dictionary not found.")
}

func getDictionary(_ *call, d *Dictionary) (any, error) {
	return d.record(), nil
}

func createDictionary(c *call, s *Source) (any, error) {
	if dictionaries.of(c.t).bySource[s.ID] != nil {
		return nil, badRequest("Bad request: (the dictionary already exists).")
	}
	return c.writeDictionary(s)
}

func updateDictionary(c *call, s *Source) (any, error) {
	if _, err := c.dictionary(); err != nil {
		return nil, err
	}
	return c.writeDictionary(s)
}

func (c *call) writeDictionary(s *Source) (any, error) {
	columns, err := sentColumns(c.object())
	if err != nil {
		return nil, err
	}
	return c.t.setColumns(s.ID, columns).record(), nil
}

func deleteDictionary(c *call, s *Source) (any, error) {
	if _, err := c.dictionary(); err != nil {
		return nil, err
	}
	delete(dictionaries.of(c.t).bySource, s.ID)
	return object{}, nil
}

// editedSource is the source that the path names, if the caller may change its dictionary.
func (c *call) editedSource() (*Source, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	if role := c.t.roleOf(s.ID, c.caller.profileID); role != "owner" && role != "expert" {
		return nil, forbidden("User must have one of the following roles to delete dictionary: owner,expert.")
	}
	return s, nil
}

// sentColumns is the columns of a request, none of which may be there twice.
func sentColumns(body object) ([]Column, error) {
	sent := plain[[]Column](listAt(body, "metadata"))
	if sent == nil {
		return nil, refuse(missing("metadata"))
	}
	seen := map[string]bool{}
	for _, col := range sent {
		if seen[col.Name] {
			return nil, badRequest("column %q is there twice", col.Name)
		}
		seen[col.Name] = true
	}
	return sent, nil
}

// searchColumns answers the distinct column names that contain a text.
func searchColumns(c *call) (any, error) {
	var names []string
	for _, d := range dictionaries.of(c.t).bySource {
		for _, col := range d.Columns {
			if c.mentions(col.Name) {
				names = append(names, col.Name)
			}
		}
	}
	slices.Sort(names)
	found := page(slices.Compact(names), 0, c.number("limit", defaultPageSize))
	return rowsOf(found, func(name string) object { return object{"columnName": name} }), nil
}
