package comment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDataSource is the data source immuta_data_source_comments.
func NewDataSource() datasource.DataSource {
	return tf.DataSource[commentsModel]{
		Name:       "immuta_data_source_comments",
		Schema:     commentsSchema,
		Validators: commentsValidators(),
		Attempted: func(m *commentsModel) string {
			return fmt.Sprintf("Reading the comments on data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readComments,
	}.New()
}

type commentsModel struct {
	tf.ReadTimeout

	DataSourceID types.Int64        `tfsdk:"data_source_id"`
	Columns      []string           `tfsdk:"columns"`
	Queries      []string           `tfsdk:"queries"`
	Resolved     types.Bool         `tfsdk:"resolved"`
	SortField    types.String       `tfsdk:"sort_field"`
	SortOrder    types.String       `tfsdk:"sort_order"`
	ParentID     types.Int64        `tfsdk:"parent_id"`
	CommentID    types.Int64        `tfsdk:"comment_id"`
	Total        types.Int64        `tfsdk:"total"`
	Comments     []listCommentModel `tfsdk:"comments"`
}

type listCommentModel struct {
	ID              types.Int64         `tfsdk:"id"`
	Author          authorModel         `tfsdk:"author"`
	ParentID        types.Int64         `tfsdk:"parent_id"`
	Body            types.String        `tfsdk:"body"`
	Resolved        types.Bool          `tfsdk:"resolved"`
	AffectedColumn  types.String        `tfsdk:"affected_column"`
	AssociatedQuery types.Int64         `tfsdk:"associated_query"`
	CreatedAt       types.String        `tfsdk:"created_at"`
	UpdatedAt       types.String        `tfsdk:"updated_at"`
	TotalReplies    types.Int64         `tfsdk:"totalreplies"`
	LastReply       types.String        `tfsdk:"lastreply"`
	Public          types.Bool          `tfsdk:"public"`
	Models          []commentModelModel `tfsdk:"models"`
}

type authorModel struct {
	ID    types.Int64  `tfsdk:"id"`
	Name  types.String `tfsdk:"name"`
	Email types.String `tfsdk:"email"`
}

// commentModelModel is what a comment belongs to, which Immuta calls a model.
type commentModelModel struct {
	ModelType types.String `tfsdk:"model_type"`
	ModelID   types.String `tfsdk:"model_id"`
	ModelName types.String `tfsdk:"model_name"`
}

func commentsSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the comments on a data source, the replies to one of them, or a single comment. Versions of Immuta from " +
			"2024.2 on do not document comments any more.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"columns":        tf.TextsArgument("Names of columns: comments on these only."),
			"queries":        tf.TextsArgument("Ids of queries: comments on these only."),
			"resolved":       tf.BoolArgument("Whether to list only comments that are resolved (`true`) or that are not (`false`). Default: both."),
			"sort_field": tf.WordArgument("What to sort by: `createdAt`, `totalreplies`, `lastreply`, `body` or `profile.name`.",
				"createdAt", "totalreplies", "lastreply", "body", "profile.name"),
			"sort_order": tf.SortOrderArgument(),
			"parent_id":  tf.IDArgument("Id of a comment: the replies to it are listed. Excludes all filters."),
			"comment_id": tf.IDArgument("Id of a comment: only that one is read, of which Immuta tells less than of those in lists. Excludes all " +
				"filters."),
			"total": tf.NumberAnswer("How many comments there are. For the comments of the data source, Immuta counts them; it knows no single " +
				"columns there: with `columns`, all comments on any column are counted. Null if the tenant does not say."),
			"comments": tf.ListAnswer("The comments, in Immuta's order.", map[string]schema.Attribute{
				"id": tf.NumberAnswer("Id of the comment."),
				"author": tf.ObjectAnswer("Who wrote it.", map[string]schema.Attribute{
					"id":    tf.NumberAnswer("Id of the profile."),
					"name":  tf.TextAnswer("Name; null with `comment_id`."),
					"email": tf.TextAnswer("E-mail address; null with `comment_id`."),
				}),
				"parent_id":        tf.NumberAnswer("Id of the comment that it replies to; null if it is no reply, or if Immuta does not say."),
				"body":             tf.TextAnswer("Text of the comment."),
				"resolved":         tf.BoolAnswer("Whether the comment is resolved."),
				"affected_column":  tf.TextAnswer("Column that the comment is about; null if there is none, or if Immuta does not say."),
				"associated_query": tf.NumberAnswer("Query that the comment is about; null if there is none, or if Immuta does not say."),
				"created_at":       tf.TextAnswer("When the comment was written (RFC 3339, UTC)."),
				"updated_at":       tf.TextAnswer("When the comment was last changed (RFC 3339, UTC)."),
				"totalreplies":     tf.NumberAnswer("How many replies there are; null with `comment_id`."),
				"lastreply":        tf.TextAnswer("When the last reply was written (RFC 3339, UTC); null if there is none, and with `comment_id`."),
				"public":           tf.BoolAnswer("Whether everybody sees the comment; null with `comment_id`."),
				"models": tf.ListAnswer("What the comment belongs to; null with `comment_id`.", map[string]schema.Attribute{
					"model_type": tf.TextAnswer("Kind, such as `datasource`."),
					"model_id":   tf.TextAnswer("Id."),
					"model_name": tf.TextAnswer("Name."),
				}),
			}),
		},
	}
}

// commentsValidators keep filters from what cannot be filtered.
func commentsValidators() []datasource.ConfigValidator {
	validators := []datasource.ConfigValidator{datasourcevalidator.Conflicting(path.MatchRoot("parent_id"), path.MatchRoot("comment_id"))}
	for _, filter := range []string{"columns", "queries", "resolved", "sort_field", "sort_order"} {
		for _, single := range []string{"parent_id", "comment_id"} {
			validators = append(validators, datasourcevalidator.Conflicting(path.MatchRoot(filter), path.MatchRoot(single)))
		}
	}
	return validators
}

func readComments(ctx context.Context, r *tf.Reading, m *commentsModel) error {
	id := m.DataSourceID.ValueInt64()
	switch {
	case !m.CommentID.IsNull():
		one, err := r.Client.Comment(ctx, id, m.CommentID.ValueInt64())
		if err != nil {
			return r.BlamePart(ctx, id, "comment_id", err)
		}
		m.fromAPI([]immuta.Comment{*one})
		return nil
	case !m.ParentID.IsNull():
		replies, err := r.Client.Replies(ctx, id, m.ParentID.ValueInt64())
		m.fromAPI(replies)
		return r.BlamePart(ctx, id, "parent_id", err)
	default:
		return m.list(ctx, r.Client)
	}
}

// list reads the comments and their count side by side.
func (m *commentsModel) list(ctx context.Context, client *immuta.Client) error {
	id := m.DataSourceID.ValueInt64()
	search := immuta.CommentSearch{
		Columns: m.Columns, Queries: m.Queries, Resolved: m.Resolved.ValueBoolPointer(),
		SortField: m.SortField.ValueString(), SortOrder: m.SortOrder.ValueString(),
	}
	var comments []immuta.Comment
	var count immuta.Lenient[immuta.Int]
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		comments, err = client.Comments(ctx, id, search)
		return err
	})
	group.Go(func() (err error) {
		count, err = client.CountComments(ctx, id, search)
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	m.fromAPI(comments)
	m.Total = tf.LenientInt(count)
	return nil
}

func (m *commentsModel) fromAPI(comments []immuta.Comment) {
	m.Comments, m.Total = tf.Each(comments, listCommentFromAPI), types.Int64Value(int64(len(comments)))
}

func listCommentFromAPI(c immuta.Comment) listCommentModel {
	m := listCommentModel{
		ID: tf.IntOrNull(c.ID),
		Author: authorModel{
			ID: tf.IntOrNull(c.Author.ID), Name: tf.TextOrNull(string(c.Author.Name)), Email: tf.TextOrNull(string(c.Author.Email)),
		},
		ParentID:        tf.LenientInt(c.ParentID),
		Body:            types.StringValue(string(c.Body)),
		Resolved:        types.BoolValue(bool(c.Resolved)),
		AffectedColumn:  tf.LenientText(c.AffectedColumn),
		AssociatedQuery: tf.LenientInt(c.AssociatedQuery),
		CreatedAt:       tf.TextOrNull(string(c.CreatedAt)),
		UpdatedAt:       tf.TextOrNull(string(c.UpdatedAt)),
		TotalReplies:    tf.LenientInt(c.TotalReplies),
		LastReply:       tf.LenientText(c.LastReply),
		Public:          tf.LenientBool(c.Public),
	}
	if c.Models.Value != nil {
		m.Models = tf.Each(c.Models.Get(), commentModelFromAPI)
	}
	return m
}

func commentModelFromAPI(m immuta.CommentModel) commentModelModel {
	return commentModelModel{
		ModelType: tf.LenientText(m.ModelType), ModelID: tf.LenientText(m.ModelID), ModelName: tf.LenientText(m.ModelName),
	}
}
