package handler

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// planDestroy refuses to destroy what is protected, and says so when it is for good. What counts is the state, which is what Terraform
// destroys by.
func (r *Resource[M]) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	common := r.d.Common(&state)
	common.inherit(r.defaults())
	if err := refuseProtected(common); err != nil {
		r.addError(&resp.Diagnostics, r.Destroying(&state), err)
		return
	}
	warnForGood(common, &resp.Diagnostics)
}

// warnForGood says in a plan that a destroy cannot be undone. Terraform folds warnings of the same summary into one.
func warnForGood(c *Common, diags *diag.Diagnostics) {
	if c.OnDestroy.ValueString() == OnDestroyDelete {
		diags.AddAttributeWarning(path.Root("on_destroy"), "Data sources will be deleted for good",
			fmt.Sprintf("on_destroy = \"delete\": destroying %s removes it from Immuta with its members and policies, and nothing brings it back. "+
				"With on_destroy = \"disable\", applied before, it could be restored.", c.label()))
	}
}

// refuseProtected keeps a protected source from being destroyed. The protection is lifted by applying that, not by taking the resource
// out of the configuration.
func refuseProtected(c *Common) error {
	if !c.DeletionProtection.ValueBool() {
		return nil
	}
	return &tf.Refusal{
		At: path.Root("deletion_protection"), Summary: "The data source is protected from being destroyed",
		Detail: fmt.Sprintf("Data source %d (%s) has deletion protection. Set deletion_protection = false on it, or in the provider's "+
			"source_defaults if it comes from there, and apply that first; then destroy or replace it. Nothing was changed.",
			c.ID.ValueInt64(), c.Name.ValueString()),
	}
}

// keeps tells whether a destroy only forgets the source.
func (r *Resource[M]) keeps(m *M) bool {
	common := r.d.Common(m)
	common.inherit(r.defaults())
	return !common.DeletionProtection.ValueBool() && common.OnDestroy.ValueString() == OnDestroyAbandon
}

// destroy does what on_destroy says.
func (r *Resource[M]) destroy(ctx context.Context, client *immuta.Client, m *M) error {
	common := r.d.Common(m)
	common.inherit(r.defaults())
	if err := refuseProtected(common); err != nil {
		return err
	}
	r.protect(client, m)
	id := common.ID.ValueInt64()
	r.Listing.Wrote(id)
	if common.OnDestroy.ValueString() != OnDestroyDelete {
		_, err := client.DisableSource(ctx, id)
		if immuta.IsNotFound(err) {
			err = client.ConfirmSourceGone(ctx, id, err)
		}
		return explain(err)
	}
	warning, err := client.DeleteSource(ctx, id)
	if err != nil || warning == "" {
		return explain(err)
	}
	return &tf.Remainder{
		Summary: fmt.Sprintf("Immuta could not clean up behind data source %d", id),
		Detail:  fmt.Sprintf("%s: Immuta says of the remote system: %s", r.Destroying(m), warning),
	}
}
