package fake

// contactNoun serves whom to ask about a source: its owners and experts, who are
// also those that can unmask its columns.
func contactNoun() noun {
	return noun{routes: append(
		Unmasking.of(get("/dataSource/{id}/{column}/unmaskUsers", onSource(listUnmaskers))),
		get("/dataSource/{id}/contacts", onSource(listContacts)),
	)}
}

// contacts calls visit with each owner and expert of a source.
func (t *Tenant) contacts(sourceID int, visit func(*Member, *user)) {
	for _, m := range members.of(t).bySource[sourceID] {
		u := t.userByProfile(m.ProfileID)
		if u != nil && !m.Pending && (m.State == "owner" || m.State == "expert") {
			visit(m, u)
		}
	}
}

func listContacts(c *call, s *Source) (any, error) {
	rows := []object{}
	c.t.contacts(s.ID, func(m *Member, u *user) {
		rows = append(rows, object{"id": s.ID, "state": m.State, "name": u.name, "email": u.iamUserID(), "profile": u.profileID})
	})
	return rows, nil
}

func listUnmaskers(c *call, s *Source) (any, error) {
	if !c.t.hasColumn(s.ID, c.path["column"]) {
		return nil, notFound("Column not found.")
	}
	rows := []object{}
	c.t.contacts(s.ID, func(_ *Member, u *user) {
		rows = append(rows, object{"name": u.name, "profileId": u.profileID, "iamid": "bim"})
	})
	return rows, nil
}
