package handler

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

func (r *Resource[M]) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := refuseProtected(r.d.Common(&state), r.defaults()); err != nil {
		tf.AddError(&resp.Diagnostics, r.Destroying(&state), err, r.Fields)
	}
}

// refuseProtected keeps a protected source from being destroyed. What counts is the state: the protection is lifted by
// applying that, not by taking the resource out of the configuration.
func refuseProtected(c *Common, defaults tf.SourceDefaults) error {
	if !c.protected(defaults) {
		return nil
	}
	how := "Set deletion_protection = false on it"
	if c.DeletionProtection.IsNull() {
		how = "Set the provider's source_defaults.deletion_protection, or deletion_protection on the source itself, to false"
	}
	return &tf.Refusal{
		At: path.Root("deletion_protection"), Summary: "The data source is protected from being destroyed",
		Detail: fmt.Sprintf("Data source %d (%s) has deletion protection. %s and apply that first, then destroy or replace it. Nothing was "+
			"changed.",
			c.ID.ValueInt64(), c.Name.ValueString(), how),
	}
}

// keeps tells whether a destroy only forgets the source.
func (r *Resource[M]) keeps(m *M) bool {
	common := r.d.Common(m)
	return !common.protected(r.defaults()) && common.onDestroy(r.defaults()) == OnDestroyAbandon
}

// destroy does what on_destroy says.
func (r *Resource[M]) destroy(ctx context.Context, client *immuta.Client, m *M) error {
	common := r.d.Common(m)
	if err := refuseProtected(common, r.Defaults); err != nil {
		return err
	}
	r.protect(client, m)
	id := common.ID.ValueInt64()
	r.Listing.Wrote(id)
	if common.onDestroy(r.Defaults) == OnDestroyDisable {
		_, err := client.DisableSource(ctx, id)
		if immuta.IsNotFound(err) {
			err = client.ConfirmSourceGone(ctx, id, err)
		}
		return err
	}
	warning, err := client.DeleteSource(ctx, id)
	if err != nil || warning == "" {
		return err
	}
	return &tf.Remainder{
		Summary: fmt.Sprintf("Immuta could not clean up behind data source %d", id),
		Detail:  fmt.Sprintf("%s: Immuta says of the remote system: %s", r.Destroying(m), warning),
	}
}
