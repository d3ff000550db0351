package handler

import (
	"context"
	"fmt"

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
	unfinished := isUnfinished(ctx, req.Private)
	if req.Plan.Raw.Equal(req.State.Raw) && !unfinished {
		return
	}
	var plan M
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		if r.d.PlanCreate == nil {
			return
		}
		r.d.PlanCreate(&plan)
	} else {
		var state M
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if resp.Diagnostics.HasError() {
			return
		}
		if r.d.Replaces != nil && r.d.Replaces(&state, &plan) {
			r.planReplacement(&state, &plan, &resp.Diagnostics)
			return
		}
		if unfinished {
			// Anything unknown makes an update of a plan that shows no difference.
			r.d.Common(&plan).HandlerID = types.Int64Unknown()
			resp.Diagnostics.AddWarning("The last change was not finished: "+r.d.Common(&state).label(),
				fmt.Sprintf("It may be that %s holds only a part of what the last apply sent. This one sends the whole configuration again.",
					r.d.Common(&state).label()))
		}
		if r.d.PlanUpdate != nil {
			resp.Diagnostics.Append(r.d.PlanUpdate(&state, &plan)...)
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// planReplacement refuses a replacement that cannot work: the old source keeps its name unless it is deleted. What counts is
// the state's on_destroy, because that is what Terraform destroys by.
func (r *Resource[M]) planReplacement(state, plan *M, diags *diag.Diagnostics) {
	before, after := r.d.Common(state), r.d.Common(plan)
	policy := before.onDestroy(r.defaults())
	if policy == OnDestroyDelete || !after.Name.Equal(before.Name) {
		return
	}
	diags.AddAttributeError(path.Root("name"), "The replacement would meet its own name",
		fmt.Sprintf("This change replaces data source %d (%s), but with on_destroy = %q the old one keeps its name, which is unique in the "+
			"tenant. "+
			"Change the name too, or set on_destroy = \"delete\" and apply that before this change.",
			before.ID.ValueInt64(), before.Name.ValueString(), policy))
}

// defaults are the provider's, or none while it is not configured.
func (r *Resource[M]) defaults() tf.SourceDefaults {
	if r.Provider == nil {
		return tf.SourceDefaults{}
	}
	return r.Defaults
}
