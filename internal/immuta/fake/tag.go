package fake

import (
	"cmp"
	"net/http"
	"slices"
)

type tagState struct{ names map[string]bool }

// tagNames are the tags that exist in a tenant. What a source or a column may be
// tagged with by other routes than /tag is not checked against it.
var tagNames = &slot[tagState]{fresh: func() *tagState {
	state := &tagState{names: map[string]bool{}}
	for _, name := range []string{"PII", "Finance", "Sales", "Sensitivity", "Sensitivity.High", "Sensitivity.Low", "Team", "Team.Finance", "Team.Sales"} {
		state.names[name] = true
	}
	return state
}}

// tagNoun serves the tags of sources.
func tagNoun() noun {
	return noun{routes: []route{
		{
			method: http.MethodGet, pattern: "/dataSource/{id}/tags", serve: getTags,
			query: map[string]parameter{"blobId": textParameter, "blobTagsOnly": booleanParameter},
		},
		{
			method: http.MethodPost, pattern: "/tag/datasource/{id}", serve: postTags,
			body: jsonBody(list(keys{"name": text, "source": text}.shape)),
		},
		{method: http.MethodDelete, pattern: "/tag/datasource/{id}/{tag}", serve: deleteTag},
	}}
}

// DefineTags makes tags that sources can be given, besides those that a tenant has
// from the start: PII, Finance, Sales, Sensitivity.High and so on.
func (t *Tenant) DefineTags(names ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range names {
		tagNames.of(t).names[name] = true
	}
}

// addTag adds a tag, sent as {"name", "source"}, to a source that does not have it yet.
func (t *Tenant) addTag(s *Source, sent object, by *user) {
	tag := Tag{Name: textAt(sent, "name"), Source: cmp.Or(textAt(sent, "source"), "curated"), AddedBy: by.profileID}
	has := func(o Tag) bool { return o.Name == tag.Name && o.Source == tag.Source }
	if !slices.ContainsFunc(s.Tags, has) {
		s.Tags = append(s.Tags, tag)
	}
}

func getTags(c *call) (any, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	return object{"tags": tagsOf(s)}, nil
}

// postTags adds all tags, or none.
func postTags(c *call) (any, error) {
	s, err := c.ownedSource()
	if err != nil {
		return nil, err
	}
	sent := objectsAt(object{"tags": c.body}, "tags")
	if len(sent) == 0 {
		return nil, badRequest("Invalid request: at least one tag is required")
	}
	for _, tag := range sent {
		if name := textAt(tag, "name"); !tagNames.of(c.t).names[name] {
			return nil, badRequest("Tag %q does not exist.", name)
		}
	}
	for _, tag := range sent {
		c.t.addTag(s, tag, c.caller)
	}
	return tagsOf(s), nil
}

// deleteTag takes a tag off a source, wherever it came from.
func deleteTag(c *call) (any, error) {
	s, err := c.ownedSource()
	if err != nil {
		return nil, err
	}
	named := func(tag Tag) bool { return tag.Name == c.path["tag"] }
	if !slices.ContainsFunc(s.Tags, named) {
		return nil, notFound("Tag not found.")
	}
	s.Tags = slices.DeleteFunc(s.Tags, named)
	return object{}, nil
}
