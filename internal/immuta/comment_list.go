package immuta

import (
	"context"
	"net/url"
)

// CommentModel is what a comment belongs to (M).
type CommentModel struct {
	ModelType Lenient[Text] `json:"modelType"`
	ModelID   Lenient[Text] `json:"modelId"`
	ModelName Lenient[Text] `json:"modelName"`
}

// CommentSearch narrows GET /dataSource/{id}/comments (M). Zero fields are not sent.
type CommentSearch struct {
	Columns   []string
	Queries   []string
	Resolved  *bool
	SortField string
	SortOrder string
}

// Comments lists the comments on a source, without replies, in one answer (M).
func (c *Client) Comments(ctx context.Context, sourceID int64, s CommentSearch) ([]Comment, error) {
	p := params{}
	p.texts("columns", s.Columns)
	p.texts("queries", s.Queries)
	p.flag("resolved", s.Resolved)
	p.text("sortField", s.SortField)
	p.text("sortOrder", s.SortOrder)
	out, err := get[bare[Comment]](ctx, c, commentsPath(sourceID), url.Values(p))
	return out, c.orMissingRoute(ctx, sourceID, err)
}

// Replies lists the replies to a comment: GET /dataSource/{id}/comments/{parentId}/replies, in one answer (M).
func (c *Client) Replies(ctx context.Context, sourceID, parentID int64) ([]Comment, error) {
	out, err := get[bare[Comment]](ctx, c, commentPath(sourceID, parentID)+"/replies", nil)
	if isBareNotFound(err) {
		err = c.orMissingRoute(ctx, sourceID, err)
	}
	return out, err
}

// CountComments counts the comments on a source: GET /dataSource/{id}/comments/count (M). It knows filters by query and by
// resolution, but not by column: there "columns" is a boolean that restricts the count to comments on columns.
func (c *Client) CountComments(ctx context.Context, sourceID int64, s CommentSearch) (Lenient[Int], error) {
	p := params{}
	p.texts("queries", s.Queries)
	p.flag("resolved", s.Resolved)
	onColumns := true
	if len(s.Columns) > 0 {
		p.flag("columns", &onColumns)
	}
	out, err := get[one[tally]](ctx, c, commentsPath(sourceID)+"/count", url.Values(p))
	return out.Value.Count, c.orMissingRoute(ctx, sourceID, err)
}

// tally is the answer of a call that counts.
type tally struct {
	Count Lenient[Int] `json:"count"`
}

func (t *tally) lacks() string {
	if !t.Count.Answered {
		return "holds no count"
	}
	return ""
}
