package fake

import "strconv"

// detectionBody is what may be looked at for remote changes.
var detectionBody = keys{
	"dataSourceIds": list{integer}, "hostname": text, "port": integer, "database": text, "table": text,
	"schemaEvolutionId": integer, "skipColumnDetection": boolean, "overrides": keys{"httpPath": text},
}

func detectionNoun() noun {
	return noun{routes: []route{
		put("/dataSource/detectRemoteChanges", detectionBody, detectRemoteChanges).replacedBy(crawlReplacement),
		post("/dataSource/bulkRefreshViews", keys{"dataSourceIds": required{list{integer}}}, refreshNativeViews),
	}}
}

// detectRemoteChanges starts a job for each source that the body is about: by id, by server or by schema evolution record.
func detectRemoteChanges(c *call) (any, error) {
	body := c.object()
	var server bool
	for _, key := range []string{"hostname", "port", "database", "table"} {
		server = server || !isEmpty(body, key)
	}
	evolution := !isEmpty(body, "schemaEvolutionId")
	groups := 0
	for _, given := range []bool{!isEmpty(body, "dataSourceIds"), server, evolution} {
		if given {
			groups++
		}
	}
	switch {
	case groups > 1:
		return nil, badRequest(`Invalid request: "dataSourceIds", "schemaEvolutionId" and the keys of a server exclude each other`)
	case !isEmpty(body, "skipColumnDetection") && !evolution:
		return nil, badRequest(`Invalid request: "skipColumnDetection" needs "schemaEvolutionId"`)
	}
	ids := intsAt(body, "dataSourceIds")
	if len(ids) == 0 {
		ids = c.t.sourcesAt(body)
	}
	answer, err := c.bulkJobs(ids, job{kind: "columnDetection"}, func(*Source) error { return nil })
	if err != nil {
		return nil, err
	}
	// What the reference calls metadata of the jobs: it does not list jobsCreated.
	delete(answer, "jobsCreated")
	answer["columnDetection"] = strconv.Itoa(len(ids)) + " jobs"
	return answer, nil
}

// sourcesAt are the sources on a server or of a schema evolution record; all where neither is named.
func (t *Tenant) sourcesAt(body object) []int {
	var ids []int
	for _, s := range t.sources {
		metadata, fits := t.handlers[s.HandlerID].metadata, true
		for _, key := range []string{"hostname", "database", "table"} {
			fits = fits && (isEmpty(body, key) || textAt(metadata, key) == textAt(body, key))
		}
		fits = fits && (isEmpty(body, "port") || intAt(metadata, "port") == intAt(body, "port"))
		fits = fits && (isEmpty(body, "schemaEvolutionId") || s.SchemaEvolutionID == intAt(body, "schemaEvolutionId"))
		if fits {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// refreshNativeViews answers nothing: no answer is documented.
func refreshNativeViews(c *call) (any, error) {
	_, err := c.bulkJobs(intsAt(c.object(), "dataSourceIds"), job{kind: "refreshNativeView"}, func(*Source) error { return nil })
	return plainAnswer("application/json", nil), err
}
