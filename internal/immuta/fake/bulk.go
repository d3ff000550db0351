package fake

// bulkNoun serves PUT /dataSource/bulk/{type}: one job per source.
func bulkNoun() noun {
	one := func(kind string, update shape, effect func(*call, *Source)) route {
		body := keys{"ids": required{list{integer}}}
		if update != nil {
			body["update"] = update
		}
		return put("/dataSource/bulk/"+kind, body, bulk(kind, effect))
	}
	added := list{keys{"id": integer, "state": required{role}}}
	return noun{routes: []route{
		one("disable", nil, func(c *call, s *Source) { c.t.setDeleted(s, true) }),
		one("restore", nil, func(c *call, s *Source) { c.t.setDeleted(s, false) }).replacedBy(settingsReplacement),
		one("delete", nil, func(c *call, s *Source) { c.t.deleteOnce(s) }).replacedBy(deleteReplacement),
		one("tags", required{keys{"tags": required{list{keys{"name": text, "source": text}}}}}, bulkTag),
		one("add-users", required{keys{"profiles": added, "groups": added}}, bulkAddUsers),
	}}
}

// bulk starts a job for each source. A source that is not there fails its job only.
func bulk(kind string, effect func(*call, *Source)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		ids := intsAt(c.object(), "ids")
		update := objectAt(c.object(), "update")
		if kind == "add-users" && isEmpty(update, "profiles") && isEmpty(update, "groups") {
			return nil, refuse(missing("update.profiles"))
		}
		return c.bulkJobs(ids, job{kind: kind}, func(s *Source) error {
			effect(c, s)
			return nil
		})
	}
}

// bulkJobs starts a job for each source, which the caller must be able to manage.
func (c *call) bulkJobs(ids []int, like job, effect func(*Source) error) (object, error) {
	var jobs []job
	for _, id := range ids {
		if s := c.t.source(id); s != nil {
			if err := c.mayManage(s); err != nil {
				return nil, err
			}
		}
		job := like
		job.sourceID, job.run = id, func() error {
			if s := c.t.source(id); s != nil {
				return effect(s)
			}
			return notFound("Data source not found.")
		}
		jobs = append(jobs, job)
	}
	return c.t.startBulk(jobs), nil
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
