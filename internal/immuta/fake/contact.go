package fake

// contactNoun serves whom to ask about a source: its owners and experts, who are also those that can unmask its columns.
func contactNoun() noun {
	return noun{routes: append(
		Unmasking.of(get("/dataSource/{id}/{column}/unmaskUsers", onSource(listUnmaskers))),
		get("/dataSource/{id}/contacts", onSource(listContacts)),
	)}
}

// contacts are the owners and experts of a source.
func (t *Tenant) contacts(sourceID int) []Member {
	return copies(members.of(t).bySource[sourceID], func(m *Member) bool {
		return t.userByProfile(m.ProfileID) != nil && !m.Pending && (m.State == "owner" || m.State == "expert")
	})
}

func listContacts(c *call, s *Source) (any, error) {
	return rowsOf(c.t.contacts(s.ID), func(m Member) object {
		u := c.t.userByProfile(m.ProfileID)
		return object{"id": s.ID, "state": m.State, "name": u.name, "email": u.iamUserID(), "profile": u.profileID}
	}), nil
}

func listUnmaskers(c *call, s *Source) (any, error) {
	if !c.t.hasColumn(s.ID, c.path["column"]) {
		return nil, notFound("Column not found.")
	}
	return rowsOf(c.t.contacts(s.ID), func(m Member) object {
		return object{"name": c.t.userByProfile(m.ProfileID).name, "profileId": m.ProfileID, "iamid": "bim"}
	}), nil
}
