package tf

import (
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Settle fills what a plan left unknown: with what was read after the write, or with null where nothing was read. What
// the plan knew stays, because Terraform insists on it; a tenant that keeps something else shows as drift at the next
// refresh.
func Settle(plan, read tftypes.Value) (tftypes.Value, error) {
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
