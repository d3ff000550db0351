// Package dictionary manages the columns of Immuta's sources.
package dictionary

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
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

var (
	_ resource.ResourceWithModifyPlan     = (*dictionary)(nil)
	_ resource.ResourceWithValidateConfig = (*dictionary)(nil)
)

// What becomes of the columns when Terraform destroys the resource.
const (
	onDestroyKeep   = "keep"
	onDestroyDelete = "delete"
)

// NewResource is the resource immuta_data_dictionary.
func NewResource() resource.Resource {
	return &dictionary{tf.Resource[model]{Noun: tf.Noun[model]{
		Type:       "immuta_data_dictionary",
		Identity:   []tf.IdentityKey{tf.SourceKey()},
		Fields:     fields,
		Schema:     resourceSchema,
		Import:     tf.ImportSource(),
		What:       func(m *model) string { return "dictionary of " + m.what() },
		Read:       read,
		Destroying: func(m *model) string { return "Deleting the dictionary of " + m.what() },
		Keeps:      func(m *model) bool { return m.OnDestroy.ValueString() != onDestroyDelete },
		Destroy:    destroy,
	}}}
}

type dictionary struct{ tf.Resource[model] }

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Manages the columns that Immuta knows of a data source: their types, descriptions and tags. Immuta makes a " +
			"dictionary whenever a data source is registered; this resource takes it over. The order of the columns means nothing and never " +
			"causes a difference.\n\n" +
			"`columns` of a data source is sent when that is registered, and never looked at again: with both on one data source, this resource " +
			"has the last word.",
		Attributes: map[string]schema.Attribute{
			"id":             tf.KeptNumber("Id of the dictionary. Not the id of the data source."),
			"data_source_id": tf.SourceID("Changing it replaces the resource."),
			"columns": schema.ListNestedAttribute{
				MarkdownDescription: "The columns. What a column does not say is left as Immuta has it. Drift is detected.",
				Required:            true,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1)},
				NestedObject:        schema.NestedAttributeObject{Attributes: columnAttributes()},
			},
			"exclusive": schema.BoolAttribute{
				MarkdownDescription: "`true`: the dictionary has exactly these columns, and any other is removed. `false`: only these columns are " +
					"touched, and others are nobody's business here. Default: `true`.",
				Optional: true,
			},
			"on_destroy": schema.StringAttribute{
				MarkdownDescription: "What a destroy does: `keep` leaves the dictionary as it is and only forgets it; `delete` deletes it, or with " +
					"`exclusive = false` these columns from it. Default: `keep`.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(onDestroyKeep, onDestroyDelete)},
			},
			"types": schema.ListAttribute{
				MarkdownDescription: "The distinct data types among the columns, as Immuta lists them.",
				ElementType:         types.StringType,
				Computed:            true,
				PlanModifiers:       []planmodifier.List{listplanmodifier.UseStateForUnknown()},
			},
			"created_at": tf.KeptText("When the dictionary was made (RFC 3339, UTC)."),
			"updated_at": tf.KeptText("When the dictionary was last changed (RFC 3339, UTC)."),
		},
	}
}

func (d *dictionary) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	seen := map[string]bool{}
	for i, c := range config.list() {
		name := c.Name.ValueString()
		if !tf.Known(c.Name) {
			continue
		}
		if seen[name] {
			resp.Diagnostics.AddAttributeError(path.Root("columns").AtListIndex(i).AtName("name"), "A column is there twice",
				fmt.Sprintf("The column %q is listed more than once.", name))
		}
		seen[name] = true
	}
}

// ModifyPlan finds the columns of a plan again by name, because Terraform's own proposal goes by position: what a column
// does not say would be taken from its neighbor.
func (d *dictionary) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var state, plan, config model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || !plan.DataSourceID.Equal(state.DataSourceID) {
		return
	}
	planned, same := config.planColumns(state)
	if same {
		// Terraform accepts the prior value for one that means the same.
		planned = state.Columns
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("columns"), planned)...)
	if !same || !plan.Exclusive.Equal(state.Exclusive) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("types"), types.ListUnknown(types.StringType))...)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("updated_at"), types.StringUnknown())...)
	}
}

func (d *dictionary) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	attempted := "Taking over the dictionary of " + plan.what()
	client, ctx, cancel := d.Begin(ctx, req, attempted, &resp.Diagnostics)
	defer cancel()
	if client == nil {
		return
	}
	found, err := client.ChangeDictionary(ctx, plan.DataSourceID.ValueInt64(), config.wanted(model{}))
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, tf.Blame("data_source_id", err), fields)
		return
	}
	plan.fromAPI(found)
	d.SaveCreated(ctx, req, resp, &plan, found.Birth())
}

func read(ctx context.Context, r *tf.Refresh, m *model) error {
	found, err := r.Client.Dictionary(ctx, m.DataSourceID.ValueInt64())
	if err != nil {
		return err
	}
	r.Proof = found.Birth()
	m.fromAPI(found)
	return nil
}

func (d *dictionary) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.SetIdentity(ctx, &req.Plan, resp.Identity, &resp.Diagnostics)
	if plan.Columns.Equal(state.Columns) && plan.Exclusive.Equal(state.Exclusive) {
		resp.State.Raw = req.Plan.Raw
		return
	}
	attempted := "Updating the dictionary of " + plan.what()
	client, ctx, cancel := d.BeginChange(ctx, req, attempted, &resp.Diagnostics)
	defer cancel()
	if client == nil {
		return
	}
	found, err := client.ChangeDictionary(ctx, plan.DataSourceID.ValueInt64(), config.wanted(state))
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, fields)
		return
	}
	plan.fromAPI(found)
	tf.SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
}

func destroy(ctx context.Context, client *immuta.Client, m *model) error {
	id := m.DataSourceID.ValueInt64()
	if m.exclusive() {
		return client.DeleteDictionary(ctx, id)
	}
	_, err := client.Dictionary(ctx, id)
	if immuta.IsNotFound(err) {
		return client.ConfirmPartGone(ctx, id, err)
	}
	if err == nil {
		_, err = client.ChangeDictionary(ctx, id, model{Exclusive: m.Exclusive}.wanted(*m))
	}
	return err
}
