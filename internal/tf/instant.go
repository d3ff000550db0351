package tf

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Instant reads a point in time. The same instant keeps the spelling that the model has; another one is written in the
// shortest way, which is how people write it too. What is not answered stays, unless it was expected to be. An instant that has
// no year of four digits in UTC, which RFC 3339 cannot write, keeps Immuta's spelling.
func Instant(prior timetypes.RFC3339, got immuta.Lenient[string]) timetypes.RFC3339 {
	at, ok := immuta.ParseTime(got.Get())
	if !ok {
		if got.Answered || prior.IsUnknown() {
			return timetypes.NewRFC3339Null()
		}
		return prior
	}
	if before, ok := TimeOf(prior); ok && before.Equal(at) {
		return prior
	}
	short, diags := timetypes.NewRFC3339Value(at.UTC().Format(time.RFC3339Nano))
	if diags.HasError() {
		// What immuta.ParseTime took is valid as it is.
		return timetypes.NewRFC3339ValueMust(got.Get())
	}
	return short
}

// KeepSameInstant is the plan modifier of a point in time: a value that stands for the state's instant in another spelling keeps
// the state's, so that there is nothing to change.
func KeepSameInstant() planmodifier.String { return keepSameInstant{} }

type keepSameInstant struct{}

func (keepSameInstant) Description(context.Context) string {
	return "Another spelling of the same instant is no change."
}

func (m keepSameInstant) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (keepSameInstant) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	before, ok := immuta.ParseTime(req.StateValue.ValueString())
	if after, also := immuta.ParseTime(req.PlanValue.ValueString()); ok && also && after.Equal(before) {
		resp.PlanValue = req.StateValue
	}
}

// TimeOf is the time that a known value stands for, however it is spelled.
func TimeOf(v timetypes.RFC3339) (time.Time, bool) {
	if v.IsNull() || v.IsUnknown() {
		return time.Time{}, false
	}
	at, diags := v.ValueRFC3339Time()
	return at, !diags.HasError()
}
