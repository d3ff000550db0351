package tf

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ResolveUnknowns fills what a plan left unknown: with what was read after the write, or with null where nothing was read. What
// the plan knew stays, because Terraform insists on it; a tenant that keeps something else shows as drift at the next
// refresh.
func ResolveUnknowns(plan, read tftypes.Value) (tftypes.Value, error) {
	return tftypes.Transform(plan, func(at *tftypes.AttributePath, planned tftypes.Value) (tftypes.Value, error) {
		if planned.IsKnown() {
			return planned, nil
		}
		if value, ok := valueAt(read, at); ok && value.IsFullyKnown() {
			return value, nil
		}
		return tftypes.NewValue(planned.Type(), nil), nil
	})
}

// SaveResolved writes the state after a write: the plan, completed by a model in which Immuta's answer was taken over. It
// returns the model's own value, for who wants to compare.
func SaveResolved(ctx context.Context, plan tfsdk.Plan, model any, state *tfsdk.State, diags *diag.Diagnostics) (read tftypes.Value) {
	scratch := tfsdk.State(plan)
	diags.Append(scratch.Set(ctx, model)...)
	settled, err := ResolveUnknowns(plan.Raw, scratch.Raw)
	if err != nil {
		diags.AddError("The state cannot be written", "This is a defect of the provider: please report it.\n\n"+err.Error())
		return scratch.Raw
	}
	state.Raw = settled
	return scratch.Raw
}
