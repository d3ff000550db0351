package fake

import (
	"cmp"
	"maps"
	"net/http"
	"strings"
)

// sqlKind serves the handlers of the SQL platforms, which differ in their
// Technology's facts only.
type sqlKind struct{}

var (
	createBody = jsonBody(keys{
		"handler": oneOrMany(keys{"metadata": anything}.shape),
		"dataSource": keys{
			"blobHandler":     keys{"scheme": text, "url": text}.shape,
			"blobHandlerType": text, "recordFormat": text, "type": text, "name": text, "sqlTableName": text,
			"private": boolean, "organization": text, "schemaEvolutionId": integer, "columnEvolutionEnabled": boolean,
			"expiration": moment, "category": text, "description": text, "hasExamples": boolean,
			"owner": profilesAndGroups, "expert": profilesAndGroups, "ingest": profilesAndGroups,
			"tags":              list(keys{"name": text, "source": text}.shape),
			"policyHandlerType": text, "useDatesAsDirectory": boolean,
		}.shape,
		"schemaEvolution": keys{
			"ownerProfileId": integer, "disabled": boolean, "schemas": list(anything),
			"config": keys{"nameTemplate": keys{
				"nameFormat": text, "tableFormat": text, "sqlSchemaNameFormat": text, "schemaProjectNameFormat": text,
			}.shape}.shape,
		}.shape,
		"policyRules": list(anything),
	}.shape)

	profilesAndGroups = keys{"profiles": list(integer), "groups": list(integer)}.shape

	updateBody = jsonBody(keys{
		"handler":          keys{"metadata": anything}.shape,
		"metadata":         anything,
		"connectionString": text,
	}.shape)

	bulkBody = jsonBody(keys{
		"handler":          keys{"metadata": anything}.shape,
		"connectionString": text,
		"ids":              list(integer),
	}.shape)
)

func (sqlKind) routes(tech *Technology) []route {
	const one = "/handler/{handlerId}"
	cache := map[string]parameter{"skipCache": booleanParameter}
	prefix := "/" + tech.Prefix
	routes := []route{
		{
			method: http.MethodPost, pattern: prefix + "/handler", body: createBody, connections: createReplacement,
			serve: func(c *call) (any, error) { return createSQL(c, tech) },
		},
		{
			method: http.MethodGet, pattern: prefix + one, query: cache,
			serve: func(c *call) (any, error) { return getSQL(c, tech) },
		},
		{
			method: http.MethodPut, pattern: prefix + one, query: cache, body: updateBody,
			serve: func(c *call) (any, error) { return updateSQL(c, tech) },
		},
		{
			method: http.MethodPut, pattern: prefix + "/bulk", body: bulkBody, connections: createReplacement,
			serve: func(c *call) (any, error) { return bulkUpdateSQL(c, tech) },
		},
		{
			method: http.MethodPut, pattern: prefix + one + "/triggerHighCardinalityJob",
			serve: func(c *call) (any, error) { return triggerJob(c, tech, "highCardinality", findHighCardinality) },
		},
	}
	if tech.RefreshNativeView {
		routes = append(routes, route{
			method: http.MethodPut, pattern: prefix + one + "/refreshNativeViewJob",
			serve: func(c *call) (any, error) { return triggerJob(c, tech, "refreshNativeView", nothingToSee) },
		})
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
	maps.Copy(metadata, copyOf(tech.Seed))
	return metadata
}

func (sqlKind) table(metadata object) string {
	if !isEmpty(metadata, "query") {
		return ""
	}
	parts := []string{textAt(metadata, "hostname"), textAt(metadata, "database"), textAt(metadata, "schema"), textAt(metadata, "table")}
	return strings.ToLower(strings.Join(parts, "\x00"))
}

func (sqlKind) connectionString(metadata object) any { return connectionString(metadata) }

func getSQL(c *call, tech *Technology) (any, error) {
	h, err := c.handler(tech)
	if err != nil {
		return nil, err
	}
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

// shownMetadata is what a GET shows of a handler: no secrets and no columns, but
// keys that nobody sent.
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

// updateSQL replaces the whole metadata. Keys that are not sent are lost, the
// columns excepted.
func updateSQL(c *call, tech *Technology) (any, error) {
	h, err := c.handler(tech)
	if err != nil {
		return nil, err
	}
	s := c.t.source(h.sourceID)
	if err := c.mayManage(s); err != nil {
		return nil, err
	}
	metadata := objectAt(objectAt(c.object(), "handler"), "metadata")
	if metadata == nil {
		metadata = objectAt(c.object(), "metadata")
	}
	if err := c.t.checkMetadata(tech, metadata, h.metadata); err != nil {
		return nil, err
	}
	folded := maps.Clone(metadata)
	c.t.settings.fold(tech, folded)
	if err := c.t.tableTaken(tech, folded, h); err != nil {
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
func triggerJob(c *call, tech *Technology, kind string, run func(*Tenant, *handler)) (any, error) {
	h, err := c.handler(tech)
	if err != nil {
		return nil, err
	}
	if err := c.mayManage(c.t.source(h.sourceID)); err != nil {
		return nil, err
	}
	job := c.t.start(Job{Kind: kind, SourceID: h.sourceID, run: func() error {
		run(c.t, h)
		return nil
	}})
	if c.t.settings.plainJobNames {
		return raw{contentType: "text/plain; charset=utf-8", body: []byte(job.ID)}, nil
	}
	return job.ID, nil
}

// findHighCardinality picks the first column, for want of data.
func findHighCardinality(t *Tenant, h *handler) {
	if columns := t.columnsOf(h.sourceID); len(columns) > 0 {
		h.highCardinality = columns[0].Name
	}
}

// nothingToSee is what refreshing a view changes in Immuta itself.
func nothingToSee(*Tenant, *handler) {}
