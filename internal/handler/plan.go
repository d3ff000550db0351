package handler

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// ModifyPlan completes a plan with what is known beforehand, and refuses what could not be applied.
func (r *Resource[M]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	r.planInherited(ctx, req, resp)
	if resp.Plan.Raw.Equal(req.State.Raw) && !isUnfinished(ctx, req.Private) {
		return
	}
	var plan, config M
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.planCreate(&plan, &config, &resp.Diagnostics)
	} else {
		r.planUpdate(ctx, req, &plan, &config, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// planInherited fills in what the provider's source_defaults say now, where the configuration says nothing itself.
func (r *Resource[M]) planInherited(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	defaults := r.defaults()
	for name, value := range map[string]attr.Value{
		"on_destroy": defaults.OnDestroy, "deletion_protection": defaults.DeletionProtection,
	} {
		var config, plan attr.Value
		at := path.Root(name)
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &config)...)
		resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, at, &plan)...)
		if config != nil && config.IsNull() && !value.Equal(plan) {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, value)...)
		}
	}
}

func (r *Resource[M]) planCreate(plan, config *M, diags *diag.Diagnostics) {
	if r.d.PlanCreate != nil {
		r.d.PlanCreate(plan, config)
	}
	diags.Append(r.requireSecrets(config, nil)...)
}

func (r *Resource[M]) planUpdate(ctx context.Context, req resource.ModifyPlanRequest, plan, config *M, diags *diag.Diagnostics) {
	var state M
	diags.Append(req.State.Get(ctx, &state)...)
	if diags.HasError() {
		return
	}
	if r.d.Replaces != nil && r.d.Replaces(&state, plan) {
		r.planReplacement(&state, plan, diags)
		return
	}
	label := r.d.Common(&state).label()
	if isUnfinished(ctx, req.Private) {
		// Anything unknown makes an update of a plan that shows no difference.
		r.d.Common(plan).HandlerID = types.Int64Unknown()
		diags.AddWarning("The last change was not finished: "+label,
			fmt.Sprintf("It may be that %s holds only a part of what the last apply sent. This one sends the whole configuration again.", label))
	}
	r.refuseOtherData(ctx, req.Private, &state, plan, diags)
	if r.d.PlanUpdate != nil {
		diags.Append(r.d.PlanUpdate(&state, plan)...)
	}
	if r.d.PatchMetadata == nil || !req.Config.Raw.IsFullyKnown() {
		return
	}
	patch, more := r.d.PatchMetadata(&state, plan, config)
	diags.Append(more...)
	if patch != nil {
		diags.Append(r.requireSecrets(config, patch)...)
	}
}

// requireSecrets checks that the secrets are there which a create, or a patch of the handler, has to send.
func (r *Resource[M]) requireSecrets(config *M, patch *MetadataPatch) diag.Diagnostics {
	if r.d.RequireSecrets == nil {
		return nil
	}
	if patch == nil {
		return r.d.RequireSecrets(config, "Immuta needs it to connect when it registers the data source. "+tf.Misspelled)
	}
	what := "the version of a secret"
	if len(patch.Causes) > 0 {
		what = strings.Join(tf.Each(patch.Causes, path.Path.String), ", ")
	}
	return r.d.RequireSecrets(config, fmt.Sprintf("This changes %s, which Immuta only takes with the whole connection, and it forgets the "+
		"secret unless that is sent again. If you do not know it, or did not mean to undo what was changed in Immuta, write the value that "+
		"Immuta has now into the configuration instead.", what))
}

// planReplacement refuses a replacement that cannot work: the old source keeps its name unless it is deleted. What counts is
// the state's on_destroy, because that is what Terraform destroys by.
func (r *Resource[M]) planReplacement(state, plan *M, diags *diag.Diagnostics) {
	before, after := r.d.Common(state), r.d.Common(plan)
	before.inherit(r.defaults())
	warnForGood(before, diags)
	if before.OnDestroy.ValueString() == OnDestroyDelete || !after.Name.Equal(before.Name) {
		return
	}
	diags.AddAttributeError(path.Root("name"), "The replacement would meet its own name",
		fmt.Sprintf("This change replaces data source %d (%s), but with on_destroy = %q the old one keeps its name, which is unique in the "+
			"tenant. "+
			"Change the name too, or set on_destroy = \"delete\" and apply that before this change.",
			before.ID.ValueInt64(), before.Name.ValueString(), before.OnDestroy.ValueString()))
}

// defaults are the provider's, or the general ones while it is not configured.
func (r *Resource[M]) defaults() tf.SourceDefaults {
	if r.Provider == nil {
		return SourceDefaults()
	}
	return r.Defaults
}
