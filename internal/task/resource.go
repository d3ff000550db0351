// Package task manages what people are asked to do about Immuta's sources.
package task

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var _ resource.ResourceWithModifyPlan = (*unmaskRequest)(nil)

// NewUnmaskRequest is the resource immuta_unmask_request.
func NewUnmaskRequest() resource.Resource {
	return &unmaskRequest{tf.Resource[model]{Noun: tf.Noun[model]{
		Type:      "immuta_unmask_request",
		Identity:  []tf.IdentityKey{tf.SourceKey(), {Name: "id", Description: "Id of the first task.", Numeral: true}},
		Fields:    fields,
		Schema:    unmaskSchema,
		Immutable: true,
		Import:    tf.ImportNumbered("task"),
		What:      (*model).what,
		Creating: func(m *model) string {
			return fmt.Sprintf("Asking to unmask column %q of data source %d", m.Column.ValueString(), m.DataSourceID.ValueInt64())
		},
		Create:     create,
		Read:       read,
		Destroying: func(m *model) string { return "Deleting the " + m.what() },
		Destroy:    destroy,
	}}}
}

type unmaskRequest struct{ tf.Resource[model] }

type model struct {
	tf.OperationTimeouts

	ID                  types.String `tfsdk:"id"`
	TaskIDs             types.List   `tfsdk:"task_ids"`
	DataSourceID        types.Int64  `tfsdk:"data_source_id"`
	Column              types.String `tfsdk:"column"`
	Reason              types.String `tfsdk:"reason"`
	ProfileIDs          types.Set    `tfsdk:"profile_ids"`
	ProjectID           types.Int64  `tfsdk:"project_id"`
	Values              types.List   `tfsdk:"values"`
	State               types.String `tfsdk:"state"`
	RequestingProfileID types.Int64  `tfsdk:"requesting_profile_id"`
	CreatedAt           types.String `tfsdk:"created_at"`
}

func unmaskSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Asks people to unmask values of a column. The request becomes a task of Immuta, or one for each of the people " +
			"asked. It cannot be changed, so every change is a new request. A request that has been completed stays in the state as such and is " +
			"not made again; destroying it deletes the tasks. The unmasked values are never read.\n\n" +
			"A request carries nothing to recognize it by. When the answer to its creation is lost, an error says so, and the next apply may make " +
			"it a second time: delete the extra one in Immuta. Newer versions of Immuta have no such requests.",
		Attributes: map[string]schema.Attribute{
			"id": tf.KeptText("Id of the first task."),
			"task_ids": schema.ListAttribute{
				MarkdownDescription: "Ids of all tasks that the request was made into, as far as they are still there. After an import, the imported " +
					"one.", ElementType: types.Int64Type, Computed: true,
				PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
			},
			"data_source_id": tf.SourceID("Changing it makes a new request."),
			"column": schema.StringAttribute{
				MarkdownDescription: "The column that the values are in. Changing it makes a new request.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers:       []planmodifier.String{tf.ReplaceString()},
			},
			"reason": schema.StringAttribute{
				MarkdownDescription: "Why the values have to be unmasked. A new request needs it. Changing it makes a new request. Immuta does not " +
					"list it, so after an import it may be left out.",
				Optional:      true,
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers: []planmodifier.String{tf.ReplaceString()},
			},
			"profile_ids": schema.SetAttribute{
				MarkdownDescription: "Profiles of the people who are asked. The data source `immuta_data_source_unmask_users` lists who can be. " +
					"A new request needs it. Changing it makes a new request. Immuta does not list it, so after an import it may be left out.",
				ElementType: types.Int64Type,
				Optional:    true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
				},
				PlanModifiers: []planmodifier.Set{tf.ReplaceSet()},
			},
			"project_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the project that the request is made for. Changing or removing it makes a new request. Drift is not " +
					"detected.",
				Optional:      true,
				Validators:    []validator.Int64{int64validator.AtLeast(1)},
				PlanModifiers: []planmodifier.Int64{tf.ReplaceInt64()},
			},
			"values": schema.ListAttribute{
				MarkdownDescription: "The masked values that are to be unmasked. How Immuta wants to be told is not documented: check in Immuta that " +
					"they arrived. Changing or removing them makes a new request. Drift is not detected.",
				ElementType:   types.StringType,
				Optional:      true,
				Validators:    []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues()},
				PlanModifiers: []planmodifier.List{tf.ReplaceList()},
			},
			"state":                 tf.KeptText("`pending` as long as one of the tasks is, then `completed`."),
			"requesting_profile_id": tf.KeptNumber("Profile that made the request: the API key's user."),
			"created_at":            tf.KeptText("When the request was made (RFC 3339, UTC)."),
		},
	}
}

// ModifyPlan insists on what a new request needs. One that was imported can do without, because Immuta does not return it.
func (u *unmaskRequest) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !req.State.Raw.IsNull() {
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	require := func(name string, value attr.Value) {
		if value.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root(name), "A new request lacks "+name,
				name+" has to be given to make a request, whether it is the first or replaces another one.")
		}
	}
	require("reason", plan.Reason)
	require("profile_ids", plan.ProfileIDs)
}

// create makes the request. Its answer is the record of the tasks, so there is nothing to read back.
func create(ctx context.Context, c *tf.Creation[model]) {
	asked := c.Plan.toAPI(ctx, c.Diags)
	if c.Diags.HasError() {
		return
	}
	tasks, err := c.Client.RequestUnmasking(ctx, c.Plan.DataSourceID.ValueInt64(), asked)
	if err != nil {
		c.Plan.addCreateError(ctx, c.Client, c.Attempted, err, c.Diags)
		return
	}
	c.Plan.ID = tf.IDText(tasks[0].ID)
	c.Plan.fromAPI(tasks)
	c.Proof = tasks[0].Birth()
}

// read looks the tasks up in the list of tasks, because reading one would complete it. A request that was completed stays even
// when its tasks have gone: making it again would ask people for what they have done.
func read(ctx context.Context, r *tf.Refresh, m *model) error {
	tasks, err := r.Client.UnmaskTasks(ctx, m.DataSourceID.ValueInt64(), m.taskIDs())
	if err != nil {
		return err
	}
	if len(tasks) > 0 {
		r.Proof = tasks[0].Birth()
		m.fromAPI(tasks)
		return nil
	}
	if m.State.ValueString() == immuta.TaskCompleted {
		return nil
	}
	return &immuta.AbsentError{Request: "GET /dataSource/*/tasks", What: m.what()}
}

func destroy(ctx context.Context, client *immuta.Client, m *model) error {
	for _, id := range m.taskIDs() {
		if err := client.DeleteUnmaskTask(ctx, m.DataSourceID.ValueInt64(), id); err != nil {
			return err
		}
	}
	return nil
}

var fields = tf.Fields{
	"column":          path.Root("column"),
	"unmaskingReason": path.Root("reason"),
	"unmaskingUsers":  path.Root("profile_ids"),
	"projectId":       path.Root("project_id"),
	"values":          path.Root("values"),
}

// what names the request in a message.
func (m *model) what() string {
	return fmt.Sprintf("request to unmask (task %d) on data source %d", m.id(), m.DataSourceID.ValueInt64())
}

func (m *model) id() int64 { return tf.IDNumber(m.ID).ValueInt64() }

// taskIDs are the tasks of the request; of an imported one, only the first is known.
func (m *model) taskIDs() []int64 {
	var ids []int64
	for _, element := range m.TaskIDs.Elements() {
		if id, ok := element.(types.Int64); ok {
			ids = append(ids, id.ValueInt64())
		}
	}
	if len(ids) == 0 {
		ids = []int64{m.id()}
	}
	return ids
}

func (m *model) toAPI(ctx context.Context, diags *diag.Diagnostics) immuta.UnmaskRequest {
	asked := immuta.UnmaskRequest{Column: m.Column.ValueString(), Reason: m.Reason.ValueString(), ProjectID: m.ProjectID.ValueInt64()}
	diags.Append(m.ProfileIDs.ElementsAs(ctx, &asked.ProfileIDs, false)...)
	slices.Sort(asked.ProfileIDs)
	if !m.Values.IsNull() {
		diags.Append(m.Values.ElementsAs(ctx, &asked.Values, false)...)
	}
	return asked
}

// fromAPI takes over what Immuta returns of the tasks that are still there. What was asked for cannot change, so it is only
// read where the state does not know it.
func (m *model) fromAPI(tasks []immuta.Task) {
	first := tasks[0]
	ids, state := []attr.Value{}, immuta.TaskCompleted
	for _, task := range tasks {
		ids = append(ids, types.Int64Value(int64(task.ID)))
		if string(task.State) != immuta.TaskCompleted {
			state = string(task.State)
		}
	}
	m.TaskIDs = types.ListValueMust(types.Int64Type, ids)
	m.State = tf.TextOrNull(state)
	if m.Column.IsNull() {
		m.Column = tf.LenientText(first.Metadata.Get().Column)
	}
	if m.Reason.IsNull() {
		m.Reason = tf.LenientText(first.Reason)
	}
	if id := first.RequestedBy(); id != 0 {
		m.RequestingProfileID = types.Int64Value(id)
	}
	if first.CreatedAt.Value != nil {
		m.CreatedAt = tf.LenientText(first.CreatedAt)
	}
}
