package fake

import (
	"cmp"
	"fmt"
)

// createSQL registers one source for an object (or an array of one), and starts a job per source for more.
func createSQL(c *call, tech *Technology) (any, error) {
	if !c.caller.permissions[CreateDataSource] {
		return nil, forbidden("User must have the following permission: %s.", CreateDataSource)
	}
	body := c.object()
	entries := objectsAt(body, "handler")
	single := objectAt(body, "handler")
	if single != nil {
		entries = []object{single}
	}
	settings := objectAt(body, "dataSource")
	if err := checkSettings(c, tech, settings, single != nil); err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if err := c.t.checkMetadata(tech, objectAt(entry, "metadata"), nil); err != nil {
			return nil, err
		}
	}
	if len(entries) > 1 {
		return createManySQL(c, tech, entries, settings), nil
	}
	metadata := objectAt(entries[0], "metadata")
	name := cmp.Or(textAt(settings, "name"), textAt(metadata, "dataSourceName"))
	table := cmp.Or(textAt(settings, "sqlTableName"), textAt(metadata, "bodataTableName"))
	s, err := c.t.createChecked(c.caller, tech, metadata, settings, name, table)
	if err != nil {
		return nil, err
	}
	if evolution := objectAt(body, "schemaEvolution"); evolution != nil && !boolAt(evolution, "disabled") {
		s.SchemaEvolutionID = schemaEvolutionOf(c.t, connectionString(metadata))
	}
	created := object{"id": s.HandlerID, "dataSourceId": s.ID}
	if !c.t.settings.withoutConnString {
		created["connectionString"] = connectionString(c.t.handlers[s.HandlerID].metadata)
	}
	if c.t.settings.warnings != "" {
		created["warnings"] = c.t.settings.warnings
	}
	return created, nil
}

// checkSettings checks the dataSource part of a create. A source that is not in an array must be named there.
func checkSettings(c *call, tech *Technology, settings object, single bool) error {
	var problems []string
	for _, key := range []string{"name", "sqlTableName"} {
		if single && isEmpty(settings, key) {
			problems = append(problems, missing("dataSource."+key))
		}
	}
	if _, sent := settings["recordFormat"].(string); !sent {
		problems = append(problems, missing("dataSource.recordFormat"))
	}
	if label := textAt(settings, "blobHandlerType"); label != tech.Label {
		problems = append(problems, fmt.Sprintf("%q must be %q", "dataSource.blobHandlerType", tech.Label))
	}
	problems = append(problems, c.t.nameProblems("dataSource.", settings)...)
	return refuse(problems...)
}

// createManySQL answers before anything is registered.
func createManySQL(c *call, tech *Technology, entries []object, settings object) object {
	caller := c.caller
	shared := connectionString(objectAt(entries[0], "metadata"))
	var jobs []job
	for _, entry := range entries {
		metadata := objectAt(entry, "metadata")
		jobs = append(jobs, job{kind: "create", connectionString: shared, run: func() error {
			name, table := textAt(metadata, "dataSourceName"), textAt(metadata, "bodataTableName")
			_, err := c.t.createChecked(caller, tech, metadata, settings, name, table)
			return err
		}})
	}
	answer := c.t.startBulk(jobs)
	answer["connectionString"] = shared
	return answer
}

// createChecked registers a source if its name and its table are free.
func (t *Tenant) createChecked(caller *user, tech *Technology, metadata, settings object, name, sqlTableName string) (*Source, error) {
	if err := cmp.Or(t.nameTaken(name, nil), t.tableTaken(tech, metadata, nil)); err != nil {
		return nil, err
	}
	created := Source{SchemaEvolutionID: intAt(settings, "schemaEvolutionId"), CreatedBy: caller.profileID}
	created.apply(settings)
	created.Name, created.SQLTableName, created.SQLSchemaName = name, sqlTableName, textAt(metadata, "bodataSchemaName")
	s := t.create(tech, metadata, created)
	for _, role := range []string{"owner", "expert", "ingest"} {
		for _, id := range intsAt(objectAt(settings, role), "profiles") {
			t.addMember(s.ID, Member{ProfileID: id, State: role})
		}
		for _, id := range intsAt(objectAt(settings, role), "groups") {
			t.addMember(s.ID, Member{GroupID: id, State: role})
		}
	}
	for _, tag := range objectsAt(settings, "tags") {
		t.addTag(s, tag, caller)
	}
	return s, nil
}
