package handler

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// ModifyPlan completes a plan with what is known beforehand, and refuses what could not be applied.
func (r *Resource[M]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	if req.Plan.Raw.Equal(req.State.Raw) {
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
		if resp.Diagnostics.HasError() || r.d.PlanUpdate == nil {
			return
		}
		resp.Diagnostics.Append(r.d.PlanUpdate(ctx, &state, &plan)...)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

func (r *Resource[M]) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var defaults tf.SourceDefaults
	if r.provider != nil {
		defaults = r.provider.Defaults
	}
	refuseProtected(r.d.Common(&state), defaults, &resp.Diagnostics)
}

// refuseProtected keeps a protected source from being destroyed. What counts is the state: the protection is lifted by
// applying that, not by taking the resource out of the configuration.
func refuseProtected(c *Common, defaults tf.SourceDefaults, diags *diag.Diagnostics) bool {
	if !c.protected(defaults) {
		return false
	}
	how := "Set deletion_protection = false on it"
	if c.DeletionProtection.IsNull() {
		how = "Set the provider's source_defaults.deletion_protection, or deletion_protection on the source itself, to false"
	}
	diags.AddAttributeError(path.Root("deletion_protection"), "The data source is protected from being destroyed",
		fmt.Sprintf("Data source %d (%s) has deletion protection. %s and apply that first, then destroy or replace it. Nothing was changed.",
			c.ID.ValueInt64(), c.Name.ValueString(), how))
	return true
}
