package fake

import (
	"cmp"
	"fmt"
	"maps"
	"unicode/utf8"
)

// sourceNoun serves single sources: reading, settings, deletion.
func sourceNoun() noun {
	named := func(s *Source) string { return s.Name }
	ofTable := func(s *Source) string { return s.SQLTableName }
	return noun{routes: []route{
		get("/dataSource/{id}", onSource(getSource)).taking(parameters{"updateStats": asFlag}),
		get("/dataSource/name/{name}", on(sourceWhere(named, "name"), getSource)),
		get("/dataSource/sqlTableName/{table}", on(sourceWhere(ofTable, "table"), getSource)),
		put("/dataSource/{id}", settingsBody(), onManaged(updateSettings)),
		del("/dataSource/{id}", onManaged(deleteSource)).replacedBy(deleteReplacement),
	}}
}

// sourceWhere finds the first source of which the path holds something else than the id.
func sourceWhere(what func(*Source) string, name string) func(*call) (*Source, error) {
	return func(c *call) (*Source, error) {
		if s := find(c.t.sources, func(s *Source) bool { return what(s) == c.path[name] }); s != nil {
			return s, nil
		}
		return nil, notFound("Data source not found.")
	}
}

func getSource(c *call, s *Source) (any, error) { return c.record(s), nil }

// changeable are the settings that PUT /dataSource/{id} changes.
var changeable = keys{
	"name": text, "sqlTableName": text, "description": text, "documentation": text, "organization": text,
	"category": text, "hasExamples": boolean, "recordFormat": text, "private": boolean, "expiration": moment,
	"columnEvolutionEnabled": boolean, "deleted": boolean,
	"catalogMetadata": keys{"id": text, "provider": text},
}

// tolerated are the other keys of a record, which a client may put back whole.
var tolerated = []string{
	"id", "type", "createdBy", "createdAt", "updatedAt", "sqlSchemaName", "blobHandlerType", "blobHandler", "policyHandler",
	"policyHandlerType", "subscriptionType", "subscriptionPolicy", "globalPolicies", "status", "statusInfo", "rowCount",
	"recordCount", "statsExpiration", "fingerprintCreatedAt", "workspace", "seeded", "schemaEvolutionId", "schemaEvolution",
	"subscriptionId", "subscriptionStatus", "subscribedAsUser", "requestedState", "approved", "acknowledgeRequired",
	"subscriptionExpiration", "filterId", "subscribers", "tags", "domains", "accessPolicies", "connectionString",
	"isEphemeral", "nativeInfo",
}

func settingsBody() keys {
	body := maps.Clone(changeable)
	for _, key := range tolerated {
		body[key] = anything
	}
	return body
}

// nameProblems checks the texts that Immuta limits.
func (t *Tenant) nameProblems(path string, settings object) (problems []string) {
	const longest = 255
	for _, key := range []string{"name", "sqlTableName"} {
		value, sent := settings[key].(string)
		if sent && (value == "" || utf8.RuneCountInString(value) > longest) {
			problems = append(problems, fmt.Sprintf("%q must have 1 to %d characters", path+key, longest))
		}
	}
	return problems
}

// updateSettings changes the settings that were sent and no others.
func updateSettings(c *call, s *Source) (any, error) {
	sent := maps.Clone(c.object())
	maps.DeleteFunc(sent, func(key string, _ any) bool { return c.t.settings.ignoredSettings[key] })
	if err := refuse(c.t.nameProblems("", sent)...); err != nil {
		return nil, err
	}
	if boolAt(sent, "deleted") {
		return nil, badRequest(`Invalid request: "deleted" can only be set to false`)
	}
	if _, restores := sent["deleted"].(bool); restores && s.Deleted && c.t.settings.connections {
		return nil, replacedByConnections(settingsReplacement)
	}
	if name := textAt(sent, "name"); name != "" {
		if err := c.t.nameTaken(name, s); err != nil {
			return nil, err
		}
	}
	s.apply(sent)
	// The handler keeps its own copy of the table's name.
	if h := c.t.handlers[s.HandlerID]; !isEmpty(h.metadata, "bodataTableName") && !c.t.settings.separateTableNames {
		h.metadata["bodataTableName"] = s.SQLTableName
	}
	s.UpdatedAt = c.t.clock.now
	record := c.record(s)
	c.t.addUnlistedKeys(record, s)
	return record, nil
}

// apply takes over the settings that were sent.
func (s *Source) apply(sent object) {
	texts := map[string]*string{
		"description": &s.Description, "documentation": &s.Documentation,
		"organization": &s.Organization, "category": &s.Category, "recordFormat": &s.RecordFormat, "expiration": &s.Expiration,
	}
	for key, field := range texts {
		if _, ok := sent[key]; ok {
			*field = textAt(sent, key)
		}
	}
	names := map[string]*string{"name": &s.Name, "sqlTableName": &s.SQLTableName}
	for key, field := range names {
		*field = cmp.Or(textAt(sent, key), *field)
	}
	flags := map[string]*bool{
		"hasExamples": &s.HasExamples, "private": &s.Private, "columnEvolutionEnabled": &s.ColumnEvolutionEnabled, "deleted": &s.Deleted,
	}
	for key, field := range flags {
		if value, ok := sent[key].(bool); ok {
			*field = value
		}
	}
	if _, ok := sent["catalogMetadata"]; ok {
		s.CatalogMetadata = objectAt(sent, "catalogMetadata")
	}
	if s.RecordFormat == recordFormat(&Source{}) {
		s.RecordFormat = ""
	}
}

// deleteSource disables a live source and deletes a disabled one for good.
func deleteSource(c *call, s *Source) (any, error) {
	answer := object{
		"success": true, "id": s.ID, "schemaEvolutionId": idOrNull(s.SchemaEvolutionID), "name": s.Name,
		"disabled": true, "handlerDeleteErrorMessage": orNull(s.HandlerDeleteError),
	}
	if c.t.deleteOnce(s) && !c.t.settings.withoutHardDelete {
		answer["hardDelete"] = true
	}
	return answer, nil
}

// deleteOnce is one step of the two that a deletion takes; it says whether it was the last.
func (t *Tenant) deleteOnce(s *Source) (gone bool) {
	if !s.Deleted {
		t.setDeleted(s, true)
		return false
	}
	t.destroy(s)
	return true
}
