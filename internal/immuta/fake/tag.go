package fake

import (
	"cmp"
	"slices"
)

// tagNames are the tags that exist in a tenant. What a source or a column may be tagged with by other routes than /tag is
// not checked against it.
var tagNames = &slot[map[string]bool]{fresh: func() *map[string]bool {
	return &map[string]bool{
		"PII": true, "Finance": true, "Sales": true, "Sensitivity": true, "Sensitivity.High": true, "Sensitivity.Low": true,
		"Team": true, "Team.Finance": true, "Team.Sales": true,
	}
}}

// tagNoun serves the tags of sources.
func tagNoun() noun {
	return noun{routes: []route{
		get("/dataSource/{id}/tags", onSource(getTags)).taking(parameters{"blobId": asText, "blobTagsOnly": asFlag}),
		post("/tag/datasource/{id}", list{keys{"name": text, "source": text}}, onManaged(postTags)),
		del("/tag/datasource/{id}/{tag}", onManaged(deleteTag)),
	}}
}

// DefineTags makes tags that sources can be given, besides those that a tenant has from the start: PII, Finance, Sales,
// Sensitivity.High and so on.
func (t *Tenant) DefineTags(names ...string) {
	defer t.lock()()
	for _, name := range names {
		(*tagNames.of(t))[name] = true
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

func getTags(_ *call, s *Source) (any, error) {
	return object{"tags": orEmpty(s.Tags)}, nil
}

// postTags adds all tags, or none.
func postTags(c *call, s *Source) (any, error) {
	sent := objectsAt(object{"tags": c.body}, "tags")
	if len(sent) == 0 {
		return nil, badRequest("Invalid request: at least one tag is required")
	}
	for _, tag := range sent {
		if name := textAt(tag, "name"); !(*tagNames.of(c.t))[name] {
			return nil, badRequest("Tag %q does not exist.", name)
		}
	}
	for _, tag := range sent {
		c.t.addTag(s, tag, c.caller)
	}
	return orEmpty(s.Tags), nil
}

// deleteTag takes a tag off a source, wherever it came from.
func deleteTag(c *call, s *Source) (any, error) {
	named := func(tag Tag) bool { return tag.Name == c.path["tag"] }
	if !slices.ContainsFunc(s.Tags, named) {
		return nil, notFound("Tag not found.")
	}
	s.Tags = slices.DeleteFunc(s.Tags, named)
	return object{}, nil
}
