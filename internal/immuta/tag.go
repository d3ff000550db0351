package immuta

import (
	"encoding/json"
	"slices"
)

// CuratedSource is the source of tags that people made in Immuta, as opposed to discovered or external ones (H).
const CuratedSource = "curated"

// Tag is a tag on a source or on a column. Name is the full dotted path (H).
type Tag struct {
	Name   Text `json:"name"`
	Source Text `json:"source"`
	// Deleted marks a tag that is only remembered.
	Deleted Bool `json:"deleted"`
}

// TagKey is what tells a tag from others.
type TagKey struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// Key returns the tag's key; a tag that names no source is a curated one.
func (t Tag) Key() TagKey {
	return TagKey{Name: string(t.Name), Source: firstText(string(t.Source), CuratedSource)}
}

// ChangeTags adds and removes tags of a column and leaves all others as they are, with whatever else is kept about them.
func (c Column) ChangeTags(add, remove []TagKey) {
	var kept []any
	there := map[TagKey]bool{}
	for _, raw := range Lookup[many[json.RawMessage]](c.keys, "tags").Get() {
		var tag Tag
		if json.Unmarshal(raw, &tag) == nil && !bool(tag.Deleted) {
			if slices.Contains(remove, tag.Key()) {
				continue
			}
			there[tag.Key()] = true
		}
		kept = append(kept, raw)
	}
	for _, key := range add {
		if !there[key] {
			kept = append(kept, key)
		}
	}
	if kept == nil {
		kept = []any{}
	}
	c.Set("tags", kept)
}
