// Package comment manages comments on Immuta's sources.
package comment

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var _ resource.ResourceWithModifyPlan = (*comment)(nil)

// NewResource is the resource immuta_data_source_comment.
func NewResource() resource.Resource {
	return &comment{tf.Resource[model]{Noun: tf.Noun[model]{
		Type:     "immuta_data_source_comment",
		Identity: []tf.IdentityKey{tf.SourceKey(), {Name: "id", Description: "Id of the comment.", Numeral: true}},
		Fields:   fields,
		Schema:   resourceSchema,
		Import:   tf.ImportNumbered("comment"),
		What:     (*model).what,
		Creating: func(m *model) string {
			return fmt.Sprintf("Adding a comment to data source %d", m.DataSourceID.ValueInt64())
		},
		Create:     create,
		Read:       read,
		Update:     update,
		Verified:   []string{"resolved"},
		Destroying: func(m *model) string { return "Deleting the " + m.what() },
		Destroy:    destroy,
	}}}
}

type comment struct{ tf.Resource[model] }

type model struct {
	tf.OperationTimeouts

	ID              types.String `tfsdk:"id"`
	DataSourceID    types.Int64  `tfsdk:"data_source_id"`
	Body            types.String `tfsdk:"body"`
	AffectedColumn  types.String `tfsdk:"affected_column"`
	AssociatedQuery types.Int64  `tfsdk:"associated_query"`
	ParentID        types.Int64  `tfsdk:"parent_id"`
	Resolved        types.Bool   `tfsdk:"resolved"`
	AuthorID        types.Int64  `tfsdk:"author_id"`
	CreatedAt       types.String `tfsdk:"created_at"`
	UpdatedAt       types.String `tfsdk:"updated_at"`
}

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Manages a comment on a data source, or a reply to one. Immuta has no way to change a comment, so every change " +
			"but resolving replaces it.\n\n" +
			"A comment carries nothing to recognize it by. When the answer to its creation is lost, an error says so, and the next apply may add " +
			"it a second time: delete the extra one in Immuta. Deleting a comment may delete its replies with it. Newer versions of Immuta have " +
			"no comments.",
		Attributes: map[string]schema.Attribute{
			"id":             tf.KeptText("Id of the comment. `parent_id` of a reply takes it as it is."),
			"data_source_id": tf.SourceID("Changing it replaces the comment."),
			"body": schema.StringAttribute{
				MarkdownDescription: "The text. White space around it is no drift. Changing it replaces the comment. Drift is detected.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"affected_column": schema.StringAttribute{
				MarkdownDescription: "The column that the comment is about. Changing or removing it replaces the comment. Immuta does not return it, " +
					"so drift is not detected.",
				Optional:      true,
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ConflictsWith(path.MatchRoot("parent_id"))},
				PlanModifiers: []planmodifier.String{tf.ReplaceString()},
			},
			"associated_query": schema.Int64Attribute{
				MarkdownDescription: "Id of the query that the comment is about. Changing or removing it replaces the comment. Immuta does not " +
					"return it, so drift is not detected.",
				Optional:      true,
				Validators:    []validator.Int64{int64validator.AtLeast(1), int64validator.ConflictsWith(path.MatchRoot("parent_id"))},
				PlanModifiers: []planmodifier.Int64{tf.ReplaceInt64()},
			},
			"parent_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the comment to reply to. A reply has neither `affected_column` nor `associated_query`. Changing or " +
					"removing it replaces the reply. Drift is detected.",
				Optional:      true,
				Validators:    []validator.Int64{int64validator.AtLeast(1)},
				PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()},
			},
			"resolved": schema.BoolAttribute{
				MarkdownDescription: "`true` resolves the comment. That cannot be undone: a comment that is resolved, by whomever, cannot be `false` " +
					"any more. Left alone when it is not configured, so removing it from the configuration changes nothing. Drift is detected.",
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"author_id":  tf.KeptNumber("Profile that wrote the comment: the API key's user."),
			"created_at": tf.KeptText("When the comment was made (RFC 3339, UTC)."),
			"updated_at": tf.KeptText("When the comment was last changed (RFC 3339, UTC)."),
		},
	}
}

// ModifyPlan refuses to open a resolved comment again, and knows that a new one is open unless it is to be resolved.
func (c *comment) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	resolved := path.Root("resolved")
	if req.State.Raw.IsNull() {
		var configured types.Bool
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, resolved, &configured)...)
		if configured.IsNull() {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, resolved, false)...)
		}
		return
	}
	var state, plan model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if plan.replaces(state) || plan.Resolved.Equal(state.Resolved) {
		return
	}
	if state.Resolved.ValueBool() && tf.Known(plan.Resolved) {
		resp.Diagnostics.AddAttributeError(resolved, "A resolved comment cannot be opened again",
			fmt.Sprintf("The %s is resolved, and Immuta has no way back. Set resolved to true or leave it out; -replace makes a new comment.",
				state.what()))
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("updated_at"), types.StringUnknown())...)
}

func create(ctx context.Context, c *tf.Creation[model]) {
	id, err := c.Client.CreateComment(ctx, c.Plan.DataSourceID.ValueInt64(), c.Plan.toAPI())
	if err != nil {
		c.Plan.addCreateError(ctx, c.Client, c.Attempted, err, c.Diags)
		return
	}
	c.Plan.ID = tf.IDText(id)
	c.Save()

	const consequence = "The comment exists and is in the state. The next plan shows what is missing, and the next apply repairs it."
	if c.Plan.Resolved.ValueBool() {
		if err := c.Client.ResolveComment(ctx, c.Plan.DataSourceID.ValueInt64(), id); err != nil {
			tf.AddWarning(c.Diags, "Resolving the new comment", err, consequence)
		}
	}
	c.Proof = readBack(ctx, c.Client, c.Plan, consequence, c.Diags)
}

func read(ctx context.Context, r *tf.Refresh, m *model) error {
	found, err := r.Client.Comment(ctx, m.DataSourceID.ValueInt64(), m.id())
	if err != nil {
		return err
	}
	r.Proof = found.Birth()
	m.fromAPI(found)
	return nil
}

// update resolves the comment, which is all that can be changed.
func update(ctx context.Context, c *tf.Change[model]) {
	if c.Plan.Resolved.ValueBool() && !c.State.Resolved.ValueBool() {
		if err := c.Client.ResolveComment(ctx, c.Plan.DataSourceID.ValueInt64(), c.Plan.id()); err != nil {
			tf.AddError(c.Diags, c.Attempted, err, fields)
			return
		}
	}
	readBack(ctx, c.Client, c.Plan, "The update itself succeeded. The next refresh reads the rest.", c.Diags)
}

func destroy(ctx context.Context, client *immuta.Client, m *model) error {
	return client.DeleteComment(ctx, m.DataSourceID.ValueInt64(), m.id())
}

// readBack reads the comment into m after a write, and returns the proof of it. What cannot be read is a warning.
func readBack(
	ctx context.Context, client *immuta.Client, m *model, consequence string, diags *diag.Diagnostics,
) (proof string) {
	found, err := client.Comment(ctx, m.DataSourceID.ValueInt64(), m.id())
	if err != nil {
		tf.AddWarning(diags, "Reading the comment back", err, consequence)
		return ""
	}
	m.fromAPI(found)
	return found.Birth()
}

var fields = tf.Fields{
	"body":            path.Root("body"),
	"affectedColumn":  path.Root("affected_column"),
	"associatedQuery": path.Root("associated_query"),
	"parentId":        path.Root("parent_id"),
}

// what names the comment in a message.
func (m *model) what() string {
	return fmt.Sprintf("comment %d on data source %d", m.id(), m.DataSourceID.ValueInt64())
}

func (m *model) id() int64 { return tf.IDNumber(m.ID).ValueInt64() }

func (m *model) toAPI() immuta.NewComment {
	return immuta.NewComment{
		Body:            m.Body.ValueString(),
		AffectedColumn:  m.AffectedColumn.ValueString(),
		AssociatedQuery: m.AssociatedQuery.ValueInt64(),
		ParentID:        m.ParentID.ValueInt64(),
	}
}

// replaces tells whether m is another comment than state.
func (m *model) replaces(state model) bool {
	return !m.DataSourceID.Equal(state.DataSourceID) || !m.Body.Equal(state.Body) || !m.ParentID.Equal(state.ParentID) ||
		!m.AffectedColumn.Equal(state.AffectedColumn) || !m.AssociatedQuery.Equal(state.AssociatedQuery)
}

// fromAPI takes over what Immuta returns. What it does not answer stays.
func (m *model) fromAPI(found *immuta.Comment) {
	m.ID = tf.IDText(found.ID)
	if strings.TrimSpace(m.Body.ValueString()) != strings.TrimSpace(string(found.Body)) || m.Body.IsNull() {
		m.Body = types.StringValue(string(found.Body))
	}
	if found.AffectedColumn.Answered {
		m.AffectedColumn = tf.TextOrNull(string(found.AffectedColumn.Get()))
	}
	if found.AssociatedQuery.Answered {
		m.AssociatedQuery = tf.LenientInt(found.AssociatedQuery)
	}
	if found.ParentID.Answered {
		m.ParentID = tf.LenientInt(found.ParentID)
	}
	m.Resolved = types.BoolValue(bool(found.Resolved))
	m.AuthorID = tf.IntOrNull(found.Author.ID)
	m.CreatedAt = tf.TextOrNull(string(found.CreatedAt))
	m.UpdatedAt = tf.TextOrNull(string(found.UpdatedAt))
}
