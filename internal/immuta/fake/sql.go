package fake

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// sqlKind serves the handlers of the SQL platforms, which differ in their Technology's facts only.
type sqlKind struct{}

var (
	createBody = keys{
		"handler": required{oneOrMany{keys{"metadata": anything}}},
		"dataSource": required{keys{
			"blobHandler":     required{keys{"scheme": text, "url": text}},
			"blobHandlerType": required{text}, "recordFormat": text, "type": required{oneOf("queryable")},
			"name": text, "sqlTableName": text, "private": boolean, "organization": text, "schemaEvolutionId": integer,
			"columnEvolutionEnabled": boolean, "expiration": moment, "category": text, "description": text, "hasExamples": boolean,
			"owner": profilesAndGroups, "expert": profilesAndGroups, "ingest": profilesAndGroups,
			"tags":              list{keys{"name": text, "source": text}},
			"policyHandlerType": text, "useDatesAsDirectory": boolean,
		}},
		"schemaEvolution": keys{
			"ownerProfileId": integer, "disabled": boolean, "schemas": list{anything},
			"config": keys{"nameTemplate": keys{
				"nameFormat": text, "tableFormat": text, "sqlSchemaNameFormat": text, "schemaProjectNameFormat": text,
			}},
		},
		"policyRules": list{anything},
	}
	profilesAndGroups = keys{"profiles": list{integer}, "groups": list{integer}}

	updateBody = keys{"handler": keys{"metadata": anything}, "metadata": anything, "connectionString": text}
	bulkBody   = keys{"handler": keys{"metadata": anything}, "connectionString": text, "ids": list{integer}}
)

func (sqlKind) routes(tech *Technology) []route {
	prefix, cache := "/"+tech.Prefix, parameters{"skipCache": asFlag}
	one := prefix + "/handler/{handlerId}"
	create := func(c *call) (any, error) { return createSQL(c, tech) }
	update := func(c *call) (any, error) { return bulkUpdateSQL(c, tech) }
	routes := []route{
		post(prefix+"/handler", createBody, create).replacedBy(createReplacement),
		get(one, on(handlerOf(tech), getSQL)).taking(cache),
		put(one, updateBody, on(managedHandlerOf(tech), updateSQL)).taking(cache),
		put(prefix+"/bulk", bulkBody, update).replacedBy(createReplacement),
		put(one+"/triggerHighCardinalityJob", nil, on(managedHandlerOf(tech), triggerJob("highCardinality", findHighCardinality))),
	}
	if tech.RefreshNativeView {
		trigger := triggerJob("refreshNativeView", nothingToSee)
		routes = append(routes, put(one+"/refreshNativeViewJob", nil, on(managedHandlerOf(tech), trigger)))
	}
	return routes
}

func (sqlKind) seed(tech *Technology, spec SourceSpec) object {
	metadata := object{
		"hostname": cmp.Or(spec.Hostname, "acme.example.com"), "port": float64(cmp.Or(spec.Port, tech.Port)), "ssl": true,
		"database": cmp.Or(spec.Database, "PROD"), "username": cmp.Or(spec.Username, "IMMUTA"), "password": "seeded",
		"connectionStringOptions": "", "staleDataTolerance": float64(86400), "dataSourceName": spec.Name,
		"schemaProjectName": "", "disableClassify": false,
	}
	schema := cmp.Or(spec.Schema, "PUBLIC")
	metadata["bodataSchemaName"] = strings.ToLower(schema)
	if spec.Query != "" {
		metadata["query"] = spec.Query
		metadata["bodataTableName"] = strings.ToLower(strings.ReplaceAll(spec.Name, " ", "_"))
	} else {
		metadata["schema"], metadata["table"] = schema, spec.Table
		metadata["bodataTableName"] = strings.ToLower(spec.Table)
	}
	maps.Copy(metadata, plain[object](tech.Seed))
	return metadata
}

// serverKeys are what a Seed says of a server, by the provider's names, and where that stands in a handler's metadata.
var serverKeys = map[string]string{
	"hostname": "hostname", "port": "port", "ssl": "ssl", "database": "database", "warehouse": "warehouse", "http_path": "httpPath",
	"username": "username", "authentication_method": "authenticationMethod", "connection_string_options": "connectionStringOptions",
}

func (sqlKind) described(tech *Technology, source object) keys {
	server := keys{
		"hostname": required{text}, "port": integer, "ssl": boolean, "database": required{text}, "username": text,
		"connection_string_options": text,
	}
	for key, stored := range serverKeys {
		if slices.Contains(tech.Required, stored) {
			server[key] = required{text}
		}
	}
	methods := slices.DeleteFunc(slices.Sorted(maps.Keys(tech.Auth)), func(method string) bool { return method == "" })
	if len(methods) > 0 {
		server["authentication_method"] = oneOf(methods...)
	}
	usual, _ := tech.Seed["authenticationMethod"].(string)
	method := cmp.Or(textAt(objectAt(source, "server"), "authentication_method"), usual)
	if slices.Contains(tech.Auth[method], "username") {
		server["username"] = required{text}
	}
	if !isEmpty(source, "query") {
		return keys{"server": required{server}, "query": text}
	}
	return keys{"server": required{server}, "query": text, "remote_schema": required{text}, "remote_table": required{text}}
}

func (sqlKind) spec(source object) SourceSpec {
	metadata := object{"username": nil}
	for key, value := range objectAt(source, "server") {
		if value != nil {
			metadata[serverKeys[key]] = value
		}
	}
	return SourceSpec{
		Schema: textAt(source, "remote_schema"), Table: textAt(source, "remote_table"), Query: textAt(source, "query"), Metadata: metadata,
	}
}

func (sqlKind) table(metadata object) string {
	if !isEmpty(metadata, "query") {
		return ""
	}
	parts := []string{textAt(metadata, "hostname"), textAt(metadata, "database"), textAt(metadata, "schema"), textAt(metadata, "table")}
	return strings.ToLower(strings.Join(parts, "\x00"))
}

func (sqlKind) connectionString(metadata object) any { return connectionString(metadata) }

func getSQL(c *call, h *handler) (any, error) {
	return c.t.listed(object{
		"dataSourceId":           h.sourceID,
		"metadata":               c.t.shownMetadata(h),
		"type":                   "odbcHandler",
		"connectionString":       connectionString(h.metadata),
		"remoteTableDescription": c.t.remoteTableDescription(h.sourceID),
		"ca":                     nil,
		"createdAt":              h.createdAt.Format(timestamp),
		"updatedAt":              h.updatedAt.Format(timestamp),
	}), nil
}

// listed wraps an object where the reference says array[object] and the tenant follows it.
func (t *Tenant) listed(o object) any {
	if t.settings.arrays {
		return []object{o}
	}
	return o
}

// shownMetadata is what a GET shows of a handler: no secrets and no columns, but keys that nobody sent.
func (t *Tenant) shownMetadata(h *handler) object {
	shown := object{"query": nil, "eventTime": nil, "disableClassify": false, "highCardinality": nil, "columnsNormalized": false}
	maps.Copy(shown, h.tech.Extra)
	maps.Copy(shown, h.metadata)
	if h.highCardinality != "" {
		shown["highCardinality"] = h.highCardinality
	}
	if t.settings.withoutAuthMethod {
		delete(shown, "authenticationMethod")
	}
	return shown
}

// updateSQL replaces the whole metadata. Keys that are not sent are lost, the columns excepted.
func updateSQL(c *call, h *handler) (any, error) {
	s := c.t.source(h.sourceID)
	metadata := objectAt(objectAt(c.object(), "handler"), "metadata")
	if metadata == nil {
		metadata = objectAt(c.object(), "metadata")
	}
	if err := c.t.checkMetadata(h.tech, metadata, h.metadata); err != nil {
		return nil, err
	}
	if err := c.t.tableTaken(h.tech, metadata, h); err != nil {
		return nil, err
	}
	c.t.store(h, metadata)
	if columns := columnsIn(metadata); columns != nil {
		c.t.setColumns(s.ID, columns)
	}
	s.SQLSchemaName = textAt(metadata, "bodataSchemaName")
	if !c.t.settings.separateTableNames {
		s.SQLTableName = textAt(metadata, "bodataTableName")
	}
	s.UpdatedAt = c.t.clock.now
	return c.t.listed(object{
		"id": h.id, "dataSourceId": s.ID, "ca": "", "type": "odbcHandler",
		"columns": c.t.columnsOf(s.ID), "connectionString": connectionString(h.metadata),
	}), nil
}

// triggerJob starts a job for one handler and answers with its name.
func triggerJob(kind string, run func(*Tenant, *handler)) func(*call, *handler) (any, error) {
	return func(c *call, h *handler) (any, error) {
		job := c.t.start(job{kind: kind, sourceID: h.sourceID, run: func() error {
			run(c.t, h)
			return nil
		}})
		if c.t.settings.plainJobNames {
			return plainAnswer("text/plain; charset=utf-8", []byte(job.id)), nil
		}
		return job.id, nil
	}
}

// findHighCardinality picks the first column, for want of data.
func findHighCardinality(t *Tenant, h *handler) {
	if columns := t.columnsOf(h.sourceID); len(columns) > 0 {
		h.highCardinality = columns[0].Name
	}
}

// nothingToSee is what refreshing a view changes in Immuta itself.
func nothingToSee(*Tenant, *handler) {}
