package fake

// A noun is one thing Immuta knows about: the routes that serve it and what it
// does when a source comes or goes. Everything about a noun is in its own file,
// its state included (see slot); nouns() is the only place that lists them.
type noun struct {
	routes    []route
	created   func(*Tenant, *Source) // after a source was registered
	destroyed func(*Tenant, *Source) // after a source was deleted for good
}

func nouns() []noun {
	return []noun{
		userNoun(),
		jobNoun(),
		searchNoun(),
		sourceNoun(),
		bulkNoun(),
		memberNoun(),
		accessNoun(),
		subscriptionNoun(),
		tagNoun(),
		dictionaryNoun(),
		technologyNoun(),
		sqlAccountNoun(),
		commentNoun(),
		taskNoun(),
		blobNoun(),
		pendingTaskNoun(),
		mineNoun(),
		purposeNoun(),
		lineageNoun(),
		visibilityNoun(),
		activityNoun(),
		contactNoun(),
		healthNoun(),
		s3Noun(),
	}
}

// A slot is where a noun keeps its state in a tenant. Each noun declares one
// slot as a package variable, so that a new noun needs no new field in Tenant.
type slot[S any] struct{ fresh func() *S }

// of returns the noun's state in the tenant, made on first use.
func (s *slot[S]) of(t *Tenant) *S {
	if state, ok := t.state[s].(*S); ok {
		return state
	}
	state := s.fresh()
	t.state[s] = state
	return state
}
