package fake

import (
	"cmp"
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

const firstCommentID = 1_200_000

var comments = perSource[[]*Comment](firstCommentID)

func commentNoun() noun {
	const list = "/dataSource/{id}/comments"
	const single = list + "/{commentId}"
	return noun{routes: Comments.of(
		get(list, onSource(listComments)).taking(parameters{
			"columns": asTexts, "queries": asNumbers, "resolved": asFlag, "sortOrder": asText,
			"sortField": asWord("createdAt", "totalreplies", "lastreply", "body", "profile.name"),
		}),
		get(list+"/count", onSource(countComments)).taking(parameters{"columns": asFlag, "queries": asNumbers, "resolved": asFlag}),
		get(single, onComment(getComment)),
		get(single+"/replies", onComment(listReplies)),
		post(list, keys{"body": required{text}, "affectedColumn": text, "associatedQuery": integer}, onSource(addComment)),
		post(single+"/reply", keys{"body": required{text}}, onComment(reply)),
		post(single+"/resolve", nil, onComment(resolveComment)),
		del(single, onComment(deleteComment)),
	)}
}

// Comments is a copy of a source's comments and their replies, the oldest first.
func (t *Tenant) Comments(sourceID int) []Comment {
	defer t.lock()()
	return copies(comments.of(t).bySource[sourceID], every)
}

// AddComment adds a comment behind the API's back and returns its id. Without an author it is the default user's.
func (t *Tenant) AddComment(sourceID int, comment Comment) int {
	defer t.lock()()
	comment.AuthorID = cmp.Or(comment.AuthorID, DefaultProfileID)
	return t.addComment(sourceID, comment)
}

// UpdateComment changes a comment behind the API's back. It panics when there is none.
func (t *Tenant) UpdateComment(sourceID, id int, change func(*Comment)) {
	defer t.lock()()
	comment := must(t.comment(sourceID, id), "comment %d on source %d", id, sourceID)
	change(comment)
	comment.UpdatedAt = t.clock.now
}

// RemoveComment deletes a comment and its replies behind the API's back.
func (t *Tenant) RemoveComment(sourceID, id int) {
	defer t.lock()()
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
	return find(comments.of(t).bySource[sourceID], func(c *Comment) bool { return c.ID == id })
}

// onComment serves the comment that the path names.
func onComment(serve func(*call, *Source, *Comment) (any, error)) service {
	return onSource(func(c *call, s *Source) (any, error) {
		id, err := c.id("commentId")
		if err != nil {
			return nil, err
		}
		if comment := c.t.comment(s.ID, id); comment != nil {
			return serve(c, s, comment)
		}
		return nil, notFound("Comment not found.")
	})
}

// wantsComment says whether a comment passes the filters of lists and counts.
func (c *call) wantsComment(comment *Comment) bool {
	return comment.ParentID == 0 && c.wants("queries", strconv.Itoa(comment.AssociatedQuery)) &&
		c.wants("resolved", strconv.FormatBool(comment.Resolved))
}

func listComments(c *call, s *Source) (any, error) {
	wanted := copies(comments.of(c.t).bySource[s.ID], func(o *Comment) bool {
		return c.wantsComment(o) && c.wants("columns", o.AffectedColumn)
	})
	rows := rowsOf(wanted, func(o Comment) object { return c.commentRow(s, &o) })
	return c.sorted(rows, strings.Replace(c.query.Get("sortField"), "profile.", "author.", 1), "asc"), nil
}

// commentRow is how a comment is answered in lists: with its author as an object.
func (c *call) commentRow(s *Source, comment *Comment) object {
	replies, last := 0, any(nil)
	for _, other := range comments.of(c.t).bySource[s.ID] {
		if other.ParentID == comment.ID {
			replies, last = replies+1, other.CreatedAt.Format(timestamp)
		}
	}
	return object{
		"id": comment.ID, "author": c.t.person(comment.AuthorID), "body": comment.Body, "resolved": comment.Resolved,
		"createdAt": comment.CreatedAt.Format(timestamp), "updatedAt": comment.UpdatedAt.Format(timestamp),
		"models":       []any{object{"modelType": "datasource", "modelId": strconv.Itoa(s.ID), "modelName": s.Name}},
		"totalreplies": replies, "lastreply": last, "public": true,
	}
}

func countComments(c *call, s *Source) (any, error) {
	counted := copies(comments.of(c.t).bySource[s.ID], func(o *Comment) bool {
		return c.wantsComment(o) && (!c.flag("columns") || o.AffectedColumn != "")
	})
	return object{"modelId": s.ID, "modelType": "datasource", "count": len(counted)}, nil
}

// getComment answers one comment: with its author's bare id, and without what it is about.
func getComment(_ *call, _ *Source, comment *Comment) (any, error) {
	return object{
		"id": comment.ID, "author": comment.AuthorID, "parentId": idOrNull(comment.ParentID), "body": comment.Body, "resolved": comment.Resolved,
		"createdAt": comment.CreatedAt.Format(timestamp), "updatedAt": comment.UpdatedAt.Format(timestamp),
	}, nil
}

func listReplies(c *call, s *Source, parent *Comment) (any, error) {
	replies := copies(comments.of(c.t).bySource[s.ID], func(o *Comment) bool { return o.ParentID == parent.ID })
	return rowsOf(replies, func(o Comment) object { return c.commentRow(s, &o) }), nil
}

func (c *call) newComment() Comment {
	return Comment{AuthorID: c.caller.profileID, Body: textAt(c.object(), "body")}
}

func addComment(c *call, s *Source) (any, error) {
	comment := c.newComment()
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

func reply(c *call, s *Source, parent *Comment) (any, error) {
	comment := c.newComment()
	comment.ParentID = parent.ID
	return object{"id": c.t.addComment(s.ID, comment)}, nil
}

func resolveComment(c *call, _ *Source, comment *Comment) (any, error) {
	comment.Resolved, comment.UpdatedAt = true, c.t.clock.now
	return object{"success": true}, nil
}

func deleteComment(c *call, s *Source, comment *Comment) (any, error) {
	if comment.AuthorID != c.caller.profileID {
		if err := c.mayManage(s); err != nil {
			return nil, err
		}
	}
	c.t.removeComment(s.ID, comment.ID)
	return object{"status": true}, nil
}
