package fake

import (
	"cmp"
	"slices"
)

// addTag adds a tag, sent as {"name", "source"}, to a source that does not have it yet.
func (t *Tenant) addTag(s *Source, sent object, by *user) {
	tag := Tag{Name: textAt(sent, "name"), Source: cmp.Or(textAt(sent, "source"), "curated"), AddedBy: by.profileID}
	has := func(o Tag) bool { return o.Name == tag.Name && o.Source == tag.Source }
	if !slices.ContainsFunc(s.Tags, has) {
		s.Tags = append(s.Tags, tag)
	}
}
