package fake

import "net/http"

// bulkNoun serves PUT /dataSource/bulk/{type}: one job per source.
func bulkNoun() noun {
	ids := jsonBody(keys{"ids": list(integer)}.shape)
	with := func(update keys) decoder {
		return jsonBody(keys{"ids": list(integer), "update": update.shape}.shape)
	}
	pattern := func(kind string) string { return "/dataSource/bulk/" + kind }
	tags := keys{"tags": list(keys{"name": text, "source": text}.shape)}
	users := keys{
		"profiles": list(keys{"id": integer, "state": text}.shape),
		"groups":   list(keys{"id": integer, "state": text}.shape),
	}
	return noun{routes: []route{
		{
			method: http.MethodPut, pattern: pattern("disable"), body: ids,
			serve: bulk("disable", func(c *call, s *Source) { c.t.setDeleted(s, true) }),
		},
		{
			method: http.MethodPut, pattern: pattern("restore"), body: ids, connections: settingsReplacement,
			serve: bulk("restore", func(c *call, s *Source) { c.t.setDeleted(s, false) }),
		},
		{
			method: http.MethodPut, pattern: pattern("delete"), body: ids, connections: deleteReplacement,
			serve: bulk("delete", bulkDelete),
		},
		{method: http.MethodPut, pattern: pattern("tags"), body: with(tags), serve: bulk("tags", bulkTag)},
		{method: http.MethodPut, pattern: pattern("add-users"), body: with(users), serve: bulk("add-users", bulkAddUsers)},
	}}
}

// bulk starts a job for each source. A source that is not there fails its job only.
func bulk(kind string, effect func(*call, *Source)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		ids := intsAt(c.object(), "ids")
		if len(ids) == 0 {
			return nil, badRequest(`Invalid request: "ids" is required`)
		}
		if err := checkBulkUpdate(kind, objectAt(c.object(), "update")); err != nil {
			return nil, err
		}
		var jobs []Job
		for _, id := range ids {
			if s := c.t.source(id); s != nil {
				if err := c.mayManage(s); err != nil {
					return nil, err
				}
			}
			jobs = append(jobs, Job{Kind: kind, SourceID: id, run: func() error {
				s := c.t.source(id)
				if s == nil {
					return notFound("Data source not found.")
				}
				effect(c, s)
				return nil
			}})
		}
		return c.t.startBulk(jobs), nil
	}
}

func checkBulkUpdate(kind string, update object) error {
	switch {
	case kind == "tags" && isEmpty(update, "tags"):
		return badRequest(`Invalid request: "update.tags" is required`)
	case kind == "add-users" && isEmpty(update, "profiles") && isEmpty(update, "groups"):
		return badRequest(`Invalid request: "update.profiles" is required`)
	}
	for _, key := range []string{"profiles", "groups"} {
		for _, added := range objectsAt(update, key) {
			if err := checkRole(textAt(added, "state")); err != nil {
				return err
			}
		}
	}
	return nil
}

func bulkDelete(c *call, s *Source) {
	if c.t.settings.hardBulkDelete {
		c.t.destroy(s)
		return
	}
	c.t.deleteOnce(s)
}

func bulkTag(c *call, s *Source) {
	for _, tag := range objectsAt(objectAt(c.object(), "update"), "tags") {
		c.t.addTag(s, tag, c.caller)
	}
}

func bulkAddUsers(c *call, s *Source) {
	update := objectAt(c.object(), "update")
	for _, added := range objectsAt(update, "profiles") {
		c.t.addMember(s.ID, Member{ProfileID: intAt(added, "id"), State: textAt(added, "state")})
	}
	for _, added := range objectsAt(update, "groups") {
		c.t.addMember(s.ID, Member{GroupID: intAt(added, "id"), State: textAt(added, "state")})
	}
}
