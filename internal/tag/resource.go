// Package tag manages the tags of Immuta's sources.
package tag

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ resource.ResourceWithConfigure      = (*tags)(nil)
	_ resource.ResourceWithIdentity       = (*tags)(nil)
	_ resource.ResourceWithImportState    = (*tags)(nil)
	_ resource.ResourceWithModifyPlan     = (*tags)(nil)
	_ resource.ResourceWithValidateConfig = (*tags)(nil)
)

const timeout = 5 * time.Minute

// NewResource is the resource immuta_data_source_tags.
func NewResource() resource.Resource { return &tags{} }

type tags struct{ provider *tf.Provider }

func (t *tags) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "immuta_data_source_tags"
}

func (t *tags) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	text := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Puts tags on a data source. It owns the tags that it names and no others: tags that sensitive data discovery, an external catalog or other people put there " +
			"are never removed, and are no drift. A tag that is there already is taken over, and removed when it leaves the configuration.\n\n" +
			"Several of these resources may tag one data source, as long as no two name the same tag.",
		Attributes: map[string]schema.Attribute{
			"id": schema.Int64Attribute{
				MarkdownDescription: "The same as `data_source_id`.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"data_source_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the data source. Changing it replaces the resource.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.RequiresReplace()},
			},
			"tags": schema.SetNestedAttribute{
				MarkdownDescription: "The tags. Drift is seen: one that was removed outside of Terraform is put back.",
				Required:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name": schema.StringAttribute{
						MarkdownDescription: "Full name of the tag, such as `Sensitivity.High`. The tag must exist in Immuta.",
						Required:            true,
						Validators:          text,
					},
					"source": schema.StringAttribute{
						MarkdownDescription: "Where the tag comes from. Default: `curated`, which is what people made in Immuta.",
						Optional:            true,
						Validators:          text,
					},
				}},
			},
		},
	}
}

func (t *tags) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"data_source_id": identityschema.Int64Attribute{Description: "Id of the data source.", RequiredForImport: true},
	}}
}

func (t *tags) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	t.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

// ValidateConfig refuses a name that is there twice: Immuta removes tags by name alone.
func (t *tags) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	seen := map[string]bool{}
	for _, one := range config.list() {
		name := one.Name.ValueString()
		if seen[name] && tf.Known(one.Name) {
			resp.Diagnostics.AddAttributeError(path.Root("tags"), "A tag is there twice", fmt.Sprintf("The tag %q is listed more than once.", name))
		}
		seen[name] = true
	}
}

// ModifyPlan keeps a different spelling of the same tags from being a difference: a source that is curated may be left out.
func (t *tags) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var state, plan model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || !plan.fullyKnown() || !plan.DataSourceID.Equal(state.DataSourceID) {
		return
	}
	if len(plan.notIn(state)) == 0 && len(state.notIn(plan)) == 0 {
		// Terraform accepts the prior value for one that means the same.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("tags"), state.Tags)...)
	}
}

func (t *tags) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	attempted := "Tagging " + plan.what()
	client := t.provider.Known(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := client.AddSourceTags(ctx, plan.DataSourceID.ValueInt64(), plan.keys()); err != nil {
		plan.addError(ctx, client, attempted, err, &resp.Diagnostics)
		return
	}
	plan.ID = plan.DataSourceID
	tf.SettleModel(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("data_source_id"), plan.DataSourceID)...)
	tf.RememberHost(ctx, client, resp.Private, &resp.Diagnostics)
}

func (t *tags) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m model
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("data_source_id"), m.DataSourceID)...)
	what := "tags of " + m.what()
	client := t.provider.ForRefresh(what, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	found, err := client.SourceTags(ctx, m.DataSourceID.ValueInt64())
	if immuta.IsNotFound(err) {
		tf.RemoveGone(ctx, req.Private, client, what, &resp.State, &resp.Diagnostics)
		return
	}
	if err != nil {
		tf.AddError(&resp.Diagnostics, "Reading the "+what, err, fields)
		return
	}
	tf.WarnMovedHost(ctx, req.Private, resp.Private, client, what, &resp.Diagnostics)
	m.fromAPI(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// Update adds before it removes, so that a tag which does not exist is refused before anything is changed. After a failure
// the state holds what has been done by then.
func (t *tags) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Terraform before 1.12 sends no identity along, and the framework insists on one.
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("data_source_id"), plan.DataSourceID)...)
	attempted := "Changing the tags of " + plan.what()
	client := t.provider.Known(attempted, &resp.Diagnostics)
	if client == nil || tf.RefuseOtherHost(ctx, req.Private, client, attempted, &resp.Diagnostics) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done, err := state.become(ctx, client, plan)
	if err != nil {
		plan.addError(ctx, client, attempted, err, &resp.Diagnostics)
		state.Tags = done
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		return
	}
	resp.State.Raw = req.Plan.Raw
}

func (t *tags) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	attempted := "Removing the tags of " + state.what()
	client := t.provider.Known(attempted, &resp.Diagnostics)
	if client == nil || tf.RefuseOtherHost(ctx, req.Private, client, attempted, &resp.Diagnostics) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for _, key := range state.keys() {
		if err := client.RemoveSourceTag(ctx, state.DataSourceID.ValueInt64(), key); err != nil {
			tf.AddError(&resp.Diagnostics, fmt.Sprintf("%s: %q", attempted, key.Name), err, fields)
			return
		}
	}
}

// ImportState takes the id of the data source, or an identity. The read that follows takes over the curated tags.
func (t *tags) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	at := path.Root("data_source_id")
	if req.ID == "" {
		tf.ImportByIdentity(ctx, req, resp, "data_source_id")
		return
	}
	if id, ok := tf.SourceImportID(req.ID, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, at, id)...)
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, at, id)...)
	}
}
