package immuta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// Comment is a comment on a source, or the reply to one (M).
type Comment struct {
	ID        Int          `json:"id"`
	Author    Author       `json:"author"`
	ParentID  Lenient[Int] `json:"parentId"`
	Body      Text         `json:"body"`
	Resolved  Bool         `json:"resolved"`
	CreatedAt Text         `json:"createdAt"`
	UpdatedAt Text         `json:"updatedAt"`
	// Only lists tell the rest.
	Models       Lenient[many[CommentModel]] `json:"models"`
	TotalReplies Lenient[Int]                `json:"totalreplies"`
	LastReply    Lenient[string]             `json:"lastreply"`
	Public       Lenient[Bool]               `json:"public"`
	// What a comment is about is not in the documented answers.
	AffectedColumn  Lenient[Text] `json:"affectedColumn"`
	AssociatedQuery Lenient[Int]  `json:"associatedQuery"`
}

// Birth is what no other comment has, as in [Source.Birth].
func (k *Comment) Birth() string { return birth(k.ID, k.CreatedAt, k.Author.ID) }

// Author is who wrote a comment: an object in lists, the bare id where one comment is read (M).
type Author struct {
	ID    Int
	Name  Text
	Email Text
}

func (a *Author) UnmarshalJSON(b []byte) error {
	var object Person
	if json.Unmarshal(b, &object) == nil {
		*a = Author{ID: object.ID.Get(), Name: object.Name.Get(), Email: object.Email.Get()}
		return nil
	}
	var id Lenient[Int]
	err := json.Unmarshal(b, &id)
	*a = Author{ID: id.Get()}
	return err
}

func commentsPath(sourceID int64) string { return sourcePath(sourceID) + "/comments" }

func commentPath(sourceID, id int64) string {
	return fmt.Sprintf("%s/%d", commentsPath(sourceID), id)
}

// Comment reads a comment. [IsNotFound] means that the comment or its source does not exist.
func (c *Client) Comment(ctx context.Context, sourceID, id int64) (*Comment, error) {
	path := commentPath(sourceID, id)
	comment, err := getOne[Comment](ctx, c, path, nil)
	if IsNotFound(err) {
		// The list tells a comment that is gone from a tenant that has no comments at all.
		listed, listErr := c.Comments(ctx, sourceID, CommentSearch{})
		if listErr != nil && !IsNotFound(listErr) {
			return nil, listErr
		}
		if slices.ContainsFunc(listed, func(one Comment) bool { return int64(one.ID) == id }) {
			return nil, &ContradictionError{Request: http.MethodGet + " " + path, What: fmt.Sprintf("comment %d", id), Err: err}
		}
	}
	if err != nil {
		return nil, err
	}
	return comment, isAbout(http.MethodGet+" "+path, "comment", id, comment.ID)
}

func (k *Comment) lacks() string { return unless(k.ID != 0, "holds no id") }

// NewComment is a comment that is to be made. Zero fields are not sent.
type NewComment struct {
	Body            string `json:"body"`
	AffectedColumn  string `json:"affectedColumn,omitempty"`
	AssociatedQuery int64  `json:"associatedQuery,omitempty"`
	// ParentID makes it a reply, which knows neither column nor query.
	ParentID int64 `json:"-"`
}

// CreateComment adds a comment, or a reply, and returns its id. A [IsNotFound] error means that the source does not exist;
// one that is [*AbsentError], that the comment to reply to does not.
func (c *Client) CreateComment(ctx context.Context, sourceID int64, n NewComment) (int64, error) {
	r := request{method: http.MethodPost, path: commentsPath(sourceID), body: n}
	if n.ParentID != 0 {
		r.path = commentPath(sourceID, n.ParentID) + "/reply"
	}
	var out one[newID]
	if err := c.call(ctx, r, &out); err != nil {
		if n.ParentID != 0 && IsNotFound(err) {
			return 0, c.missingParent(ctx, sourceID, n.ParentID, err)
		}
		return 0, c.orMissingRoute(ctx, sourceID, err)
	}
	return int64(out.Value.ID.Get()), nil
}

// newID is the answer of a call that makes something.
type newID struct {
	ID Lenient[Int] `json:"id"`
}

func (n *newID) lacks() string { return unless(n.ID.Get() != 0, "holds no id") }

// missingParent finds out what a 404 to a reply is about.
func (c *Client) missingParent(ctx context.Context, sourceID, parentID int64, cause error) error {
	_, err := c.Comment(ctx, sourceID, parentID)
	switch {
	case err == nil:
		return missingRoute(cause)
	case !IsNotFound(err):
		return err
	}
	if _, err := c.Source(ctx, sourceID); err != nil {
		return err
	}
	return &AbsentError{Request: http.MethodGet + " " + commentPath(sourceID, parentID), What: fmt.Sprintf("comment %d", parentID)}
}

// ResolveComment marks a comment as resolved, which cannot be undone (M). When the answer is lost, looking tells.
func (c *Client) ResolveComment(ctx context.Context, sourceID, id int64) error {
	r := request{method: http.MethodPost, path: commentPath(sourceID, id) + "/resolve"}
	var out outcome
	err := c.call(ctx, r, &out)
	switch {
	case err == nil:
		return out.check(r)
	case IsNotFound(err):
		if _, lookErr := c.Comment(ctx, sourceID, id); lookErr != nil {
			return lookErr
		}
		return missingRoute(err)
	case !IsUncertain(err):
		return err
	}
	ctx, cancel := LookupContext(ctx)
	defer cancel()
	if comment, lookErr := c.Comment(ctx, sourceID, id); lookErr == nil && bool(comment.Resolved) {
		return nil
	}
	return err
}

// DeleteComment deletes a comment, and maybe its replies with it (M).
func (c *Client) DeleteComment(ctx context.Context, sourceID, id int64) error {
	return c.deleteOnce(ctx, sourceID, commentPath(sourceID, id), func(ctx context.Context, _ error) error {
		_, err := c.Comment(ctx, sourceID, id)
		return err
	})
}

// CommentModel is what a comment belongs to (M).
type CommentModel struct {
	ModelType Lenient[Text] `json:"modelType"`
	ModelID   Lenient[Text] `json:"modelId"`
	ModelName Lenient[Text] `json:"modelName"`
}

// CommentSearch narrows GET /dataSource/{id}/comments (M). Zero fields are not sent.
type CommentSearch struct {
	Columns   []string `url:"columns,omitempty"`
	Queries   []string `url:"queries,omitempty"`
	Resolved  *bool    `url:"resolved,omitempty"`
	SortField string   `url:"sortField,omitempty"`
	SortOrder string   `url:"sortOrder,omitempty"`
}

// Comments lists the comments on a source, without replies, in one answer (M).
func (c *Client) Comments(ctx context.Context, sourceID int64, s CommentSearch) ([]Comment, error) {
	out, err := get[bare[Comment]](ctx, c, commentsPath(sourceID), queryOf(s))
	return out, c.orMissingRoute(ctx, sourceID, err)
}

// Replies lists the replies to a comment: GET /dataSource/{id}/comments/{parentId}/replies, in one answer (M).
func (c *Client) Replies(ctx context.Context, sourceID, parentID int64) ([]Comment, error) {
	out, err := get[bare[Comment]](ctx, c, commentPath(sourceID, parentID)+"/replies", nil)
	return out, c.orUnknownRoute(ctx, sourceID, err)
}

// CountComments counts the comments on a source: GET /dataSource/{id}/comments/count (M). It knows filters by query and by
// resolution, but not by column: there "columns" is a boolean that restricts the count to comments on columns.
func (c *Client) CountComments(ctx context.Context, sourceID int64, s CommentSearch) (Lenient[Int], error) {
	query := queryOf(CommentSearch{Queries: s.Queries, Resolved: s.Resolved})
	if len(s.Columns) > 0 {
		query.Set("columns", "true")
	}
	out, err := get[one[tally]](ctx, c, commentsPath(sourceID)+"/count", query)
	return out.Value.Count, c.orMissingRoute(ctx, sourceID, err)
}

// tally is the answer of a call that counts.
type tally struct {
	Count Lenient[Int] `json:"count"`
}

func (t *tally) lacks() string { return unless(t.Count.Answered, "holds no count") }
