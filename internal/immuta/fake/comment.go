package fake

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Comment is a comment on a source, or the reply to one.
type Comment struct {
	ID              int
	ParentID        int // 0: it is no reply
	AuthorID        int
	Body            string
	AffectedColumn  string
	AssociatedQuery int
	Resolved        bool
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

type commentState struct {
	bySource map[int][]*Comment
	ids      counter
}

const firstCommentID = 1_200_000

var comments = &slot[commentState]{fresh: func() *commentState {
	return &commentState{bySource: map[int][]*Comment{}, ids: counter{next: firstCommentID}}
}}

func commentNoun() noun {
	const list = "/dataSource/{id}/comments"
	const single = list + "/{commentId}"
	return noun{
		routes: Comments.of(
			route{method: http.MethodGet, pattern: list, serve: listComments, query: map[string]parameter{
				"columns": textsParameter, "queries": integersParameter, "resolved": booleanParameter,
				"sortField": textParameter, "sortOrder": textParameter,
			}},
			route{method: http.MethodGet, pattern: list + "/count", serve: countComments, query: map[string]parameter{
				"columns": booleanParameter, "queries": integersParameter, "resolved": booleanParameter,
			}},
			route{method: http.MethodGet, pattern: single, serve: getComment},
			route{method: http.MethodGet, pattern: single + "/replies", serve: listReplies},
			route{
				method: http.MethodPost, pattern: list, serve: addComment,
				body: jsonBody(keys{"body": text, "affectedColumn": text, "associatedQuery": integer}.shape),
			},
			route{method: http.MethodPost, pattern: single + "/reply", serve: reply, body: jsonBody(keys{"body": text}.shape)},
			route{method: http.MethodPost, pattern: single + "/resolve", serve: resolveComment},
			route{method: http.MethodDelete, pattern: single, serve: deleteComment},
		),
		destroyed: func(t *Tenant, s *Source) { delete(comments.of(t).bySource, s.ID) },
	}
}

// Comments is a copy of a source's comments and their replies, the oldest first.
func (t *Tenant) Comments(sourceID int) []Comment {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Comment
	for _, comment := range comments.of(t).bySource[sourceID] {
		list = append(list, *comment)
	}
	return list
}

// AddComment adds a comment behind the API's back and returns its id. Without an
// author it is the default user's.
func (t *Tenant) AddComment(sourceID int, comment Comment) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if comment.AuthorID == 0 {
		comment.AuthorID = DefaultProfileID
	}
	return t.addComment(sourceID, comment)
}

// UpdateComment changes a comment behind the API's back. It panics when there is none.
func (t *Tenant) UpdateComment(sourceID, id int, change func(*Comment)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	comment := t.comment(sourceID, id)
	if comment == nil {
		panic(fmt.Sprintf("fake: source %d has no comment %d", sourceID, id))
	}
	change(comment)
	comment.UpdatedAt = t.clock.now
}

// RemoveComment deletes a comment and its replies behind the API's back.
func (t *Tenant) RemoveComment(sourceID, id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.removeComment(sourceID, id)
}

func (t *Tenant) addComment(sourceID int, comment Comment) int {
	state := comments.of(t)
	comment.ID = state.ids.take()
	comment.CreatedAt, comment.UpdatedAt = t.clock.now, t.clock.now
	state.bySource[sourceID] = append(state.bySource[sourceID], &comment)
	return comment.ID
}

func (t *Tenant) removeComment(sourceID, id int) {
	state := comments.of(t)
	state.bySource[sourceID] = slices.DeleteFunc(state.bySource[sourceID], func(c *Comment) bool { return c.ID == id || c.ParentID == id })
}

func (t *Tenant) comment(sourceID, id int) *Comment {
	for _, comment := range comments.of(t).bySource[sourceID] {
		if comment.ID == id {
			return comment
		}
	}
	return nil
}

// comment is the comment that the path names.
func (c *call) comment() (*Source, *Comment, error) {
	s, err := c.source()
	if err != nil {
		return nil, nil, err
	}
	id, err := c.id("commentId")
	if err != nil {
		return nil, nil, err
	}
	if comment := c.t.comment(s.ID, id); comment != nil {
		return s, comment, nil
	}
	return nil, nil, notFound("Comment not found.")
}

// wantsComment says whether a comment passes the filters of lists and counts.
func (c *call) wantsComment(comment *Comment) bool {
	if queries := c.query["queries"]; len(queries) > 0 && !slices.Contains(queries, strconv.Itoa(comment.AssociatedQuery)) {
		return false
	}
	return !c.query.Has("resolved") || c.flag("resolved") == comment.Resolved
}

func listComments(c *call) (any, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, comment := range comments.of(c.t).bySource[s.ID] {
		columns := c.query["columns"]
		if comment.ParentID != 0 || !c.wantsComment(comment) || len(columns) > 0 && !slices.Contains(columns, comment.AffectedColumn) {
			continue
		}
		rows = append(rows, c.commentRow(s, comment))
	}
	if err := sortComments(rows, c.query.Get("sortField")); err != nil {
		return nil, err
	}
	if c.query.Get("sortOrder") == "desc" {
		slices.Reverse(rows)
	}
	return rows, nil
}

func sortComments(rows []object, field string) error {
	if field == "" {
		return nil
	}
	allowed := []string{"createdAt", "totalreplies", "lastreply", "body", "profile.name"}
	if !slices.Contains(allowed, field) {
		return badRequest(`Invalid request: "sortField" must be one of %s`, strings.Join(allowed, ", "))
	}
	key := func(o object) string {
		if field == "profile.name" {
			return textAt(objectAt(o, "author"), "name")
		}
		return fmt.Sprint(o[field])
	}
	slices.SortStableFunc(rows, func(a, b object) int { return strings.Compare(key(a), key(b)) })
	return nil
}

// commentRow is how a comment is answered in lists: with its author as an object.
func (c *call) commentRow(s *Source, comment *Comment) object {
	replies, last := 0, any(nil)
	for _, other := range comments.of(c.t).bySource[s.ID] {
		if other.ParentID == comment.ID {
			replies, last = replies+1, other.CreatedAt.Format(timestamp)
		}
	}
	author := object{"id": comment.AuthorID, "name": "", "email": nil}
	if u := c.t.userByProfile(comment.AuthorID); u != nil {
		author["name"], author["email"] = u.name, u.iamUserID()
	}
	return object{
		"id": comment.ID, "author": author, "body": comment.Body, "resolved": comment.Resolved,
		"createdAt": comment.CreatedAt.Format(timestamp), "updatedAt": comment.UpdatedAt.Format(timestamp),
		"models":       []any{object{"modelType": "datasource", "modelId": strconv.Itoa(s.ID), "modelName": s.Name}},
		"totalreplies": replies, "lastreply": last, "public": true,
	}
}

func countComments(c *call) (any, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	count := 0
	for _, comment := range comments.of(c.t).bySource[s.ID] {
		if comment.ParentID == 0 && c.wantsComment(comment) && (!c.flag("columns") || comment.AffectedColumn != "") {
			count++
		}
	}
	return object{"modelId": s.ID, "modelType": "datasource", "count": count}, nil
}

// getComment answers one comment: with its author's bare id, and without what it is about.
func getComment(c *call) (any, error) {
	_, comment, err := c.comment()
	if err != nil {
		return nil, err
	}
	return object{
		"id": comment.ID, "author": comment.AuthorID, "parentId": idOrNull(comment.ParentID), "body": comment.Body, "resolved": comment.Resolved,
		"createdAt": comment.CreatedAt.Format(timestamp), "updatedAt": comment.UpdatedAt.Format(timestamp),
	}, nil
}

func listReplies(c *call) (any, error) {
	s, parent, err := c.comment()
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, comment := range comments.of(c.t).bySource[s.ID] {
		if comment.ParentID == parent.ID {
			rows = append(rows, c.commentRow(s, comment))
		}
	}
	return rows, nil
}

func (c *call) newComment() (Comment, error) {
	if isEmpty(c.object(), "body") {
		return Comment{}, badRequest(`Invalid request: "body" is required`)
	}
	return Comment{AuthorID: c.caller.profileID, Body: textAt(c.object(), "body")}, nil
}

func addComment(c *call) (any, error) {
	s, err := c.source()
	if err != nil {
		return nil, err
	}
	comment, err := c.newComment()
	if err != nil {
		return nil, err
	}
	comment.AffectedColumn, comment.AssociatedQuery = textAt(c.object(), "affectedColumn"), intAt(c.object(), "associatedQuery")
	if comment.AffectedColumn != "" && !c.t.hasColumn(s.ID, comment.AffectedColumn) {
		return nil, noSuchColumn("affectedColumn", comment.AffectedColumn)
	}
	return object{"id": c.t.addComment(s.ID, comment)}, nil
}

func (t *Tenant) hasColumn(sourceID int, name string) bool {
	return slices.ContainsFunc(t.columnsOf(sourceID), func(col Column) bool { return col.Name == name })
}

func noSuchColumn(key, name string) error {
	return badRequest("Invalid request: %q names the column %q, which the data source does not have", key, name)
}

func reply(c *call) (any, error) {
	s, parent, err := c.comment()
	if err != nil {
		return nil, err
	}
	comment, err := c.newComment()
	if err != nil {
		return nil, err
	}
	comment.ParentID = parent.ID
	return object{"id": c.t.addComment(s.ID, comment)}, nil
}

func resolveComment(c *call) (any, error) {
	_, comment, err := c.comment()
	if err != nil {
		return nil, err
	}
	comment.Resolved, comment.UpdatedAt = true, c.t.clock.now
	return object{"success": true}, nil
}

func deleteComment(c *call) (any, error) {
	s, comment, err := c.comment()
	if err != nil {
		return nil, err
	}
	if comment.AuthorID != c.caller.profileID {
		if err := c.mayManage(s); err != nil {
			return nil, err
		}
	}
	c.t.removeComment(s.ID, comment.ID)
	return object{"status": true}, nil
}
