package immuta

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// CuratedSource is the source of tags that people made in Immuta, as opposed to discovered or external ones (H).
const CuratedSource = "curated"

// Tag is a tag on a source or on a column. Name is the full dotted path (H).
type Tag struct {
	Name   Text `json:"name"`
	Source Text `json:"source"`
	// Deleted marks a tag that is only remembered.
	Deleted Bool         `json:"deleted"`
	AddedBy Lenient[Int] `json:"addedBy"`
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

// SourceTags reads the tags of a source: GET /dataSource/{id}/tags (H).
func (c *Client) SourceTags(ctx context.Context, sourceID int64) ([]Tag, error) {
	return c.BlobTags(ctx, sourceID, "", nil)
}

// BlobTags reads the tags of one blob of a source, if the blob's id is not empty, or only those that blobs have (M).
func (c *Client) BlobTags(ctx context.Context, sourceID int64, blobID string, blobTagsOnly *bool) ([]Tag, error) {
	query := queryOf(struct {
		BlobID       string `url:"blobId,omitempty"`
		BlobTagsOnly *bool  `url:"blobTagsOnly,omitempty"`
	}{blobID, blobTagsOnly})
	out, err := get[tagList](ctx, c, sourcePath(sourceID)+"/tags", query)
	if err != nil {
		return nil, c.orMissingRoute(ctx, sourceID, err)
	}
	return out.Tags.items, nil
}

// tagList is the answer with the tags of a source (H).
type tagList struct {
	Tags rows[Tag] `json:"tags"`
}

func (l *tagList) lacks() string { return l.Tags.lacks("tags") }

func sourceTagsPath(sourceID int64) string { return fmt.Sprintf("/tag/datasource/%d", sourceID) }

// AddSourceTags adds tags to a source and leaves all others as they are: POST /tag/datasource/{id} with a bare array (H).
// Either all of them are added or, when one of them does not exist, none (H). A lost answer is looked up.
func (c *Client) AddSourceTags(ctx context.Context, sourceID int64, tags []TagKey) error {
	if len(tags) == 0 {
		return nil
	}
	var added Lenient[many[Tag]] // (M)
	r := request{method: http.MethodPost, path: sourceTagsPath(sourceID), body: tags}
	err := c.call(ctx, r, &added)
	if isBareNotFound(err) {
		return c.orMissingRoute(ctx, sourceID, err)
	}
	if err == nil && len(MissingTags(added.Get(), tags)) == 0 || err != nil && !IsUncertain(err) {
		return err
	}
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	there, lookErr := c.SourceTags(ctx, sourceID)
	missing := MissingTags(there, tags)
	switch {
	case lookErr == nil && len(missing) == 0:
		return nil
	case err != nil:
		return err
	case lookErr != nil:
		return fmt.Errorf("whether the tags were added could not be looked up: %w", lookErr)
	default:
		return &DeclinedError{Request: r.String(), Reason: fmt.Sprintf("it answered with success, but the tag %q is not there", missing[0].Name)}
	}
}

// RemoveSourceTags takes tags off a source: DELETE /tag/datasource/{id}/{name} for each (H). The route knows no source of a tag.
// What the answers do not tell, one look at the source's tags does. It returns the tags that are gone, also beside an error.
func (c *Client) RemoveSourceTags(ctx context.Context, sourceID int64, tags []TagKey) (removed []TagKey, err error) {
	var open []TagKey
	var doubt error
	for _, tag := range tags {
		done, doubtful, refused := c.tryDelete(ctx, sourceTagsPath(sourceID)+"/"+url.PathEscape(tag.Name))
		if refused != nil {
			err = fmt.Errorf("tag %q: %w", tag.Name, refused)
			break
		}
		if done {
			removed = append(removed, tag)
			continue
		}
		open = append(open, tag)
		doubt = cmp.Or(doubtful, doubt)
	}
	if len(open) == 0 {
		return removed, err
	}
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	there, lookErr := c.SourceTags(ctx, sourceID)
	if IsNotFound(lookErr) {
		// The source is gone, and its tags with it.
		if lookErr = c.ConfirmSourceGone(ctx, sourceID, lookErr); lookErr == nil {
			return append(removed, open...), err
		}
	}
	var gone []TagKey
	if lookErr == nil {
		gone = MissingTags(there, open)
	}
	removed = append(removed, gone...)
	if len(gone) < len(open) && err == nil {
		err = stillThere(http.MethodDelete+" "+sourceTagsPath(sourceID), doubt, lookErr)
	}
	return removed, err
}

// MissingTags are the wanted tags that are not there.
func MissingTags(there []Tag, wanted []TagKey) []TagKey {
	has := map[TagKey]bool{}
	for _, tag := range there {
		has[tag.Key()] = has[tag.Key()] || !bool(tag.Deleted)
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(key TagKey) bool { return has[key] })
}
