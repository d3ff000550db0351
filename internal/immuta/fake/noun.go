package fake

import "slices"

// A noun is one thing Immuta knows about: the routes that serve it and what it does when a source comes. Everything about a
// noun is in its own file, its state included (see slot); nouns() is the only place that lists them.
type noun struct {
	routes  []route
	created func(*Tenant, *Source) // after a source was registered
}

func nouns() []noun {
	return []noun{
		userNoun(),
		jobNoun(),
		searchNoun(),
		sourceNoun(),
		bulkNoun(),
		detectionNoun(),
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

// A slot is where a noun keeps its state in a tenant. Each noun declares one slot as a package variable, so that a new noun
// needs no new field in Tenant.
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

// A shelf is a state of what belongs to single sources, and of the ids it has.
type shelf[V any] struct {
	bySource map[int]V
	ids      counter
}

// perSource is a slot with a shelf, whose ids begin with the first.
func perSource[V any](firstID int) *slot[shelf[V]] {
	return &slot[shelf[V]]{fresh: func() *shelf[V] { return newShelf[V](firstID) }}
}

func newShelf[V any](firstID int) *shelf[V] {
	return &shelf[V]{bySource: map[int]V{}, ids: counter{next: firstID}}
}

func (s *shelf[V]) forget(sourceID int) { delete(s.bySource, sourceID) }

// forgetful is a state that lets go of what belongs to a source that was deleted for good.
type forgetful interface{ forget(sourceID int) }

// find is the first element that fits, or nil.
func find[E any](all []*E, fits func(*E) bool) *E {
	if i := slices.IndexFunc(all, fits); i >= 0 {
		return all[i]
	}
	return nil
}

// copies is a copy of each element that fits.
func copies[E any](all []*E, fits func(*E) bool) []E {
	var list []E
	for _, e := range all {
		if fits(e) {
			list = append(list, *e)
		}
	}
	return list
}

func every[E any](E) bool { return true }
