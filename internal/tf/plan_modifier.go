package tf

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// replaces tells whether a changed attribute means another thing.
func replaces(ctx context.Context, private PrivateReader, state attr.Value) bool {
	return !state.IsNull() || !IsImported(ctx, private)
}

const replacesDescription = "Changing it replaces the resource."

// ReplaceString replaces the resource when the attribute changes, unless it was imported without it.
func ReplaceString() planmodifier.String {
	type response = stringplanmodifier.RequiresReplaceIfFuncResponse
	return stringplanmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.StringRequest, resp *response) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
}

// ReplaceInt64 is [ReplaceString] for a number.
func ReplaceInt64() planmodifier.Int64 {
	type response = int64planmodifier.RequiresReplaceIfFuncResponse
	return int64planmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.Int64Request, resp *response) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
}

// ReplaceSet is [ReplaceString] for a set.
func ReplaceSet() planmodifier.Set {
	type response = setplanmodifier.RequiresReplaceIfFuncResponse
	return setplanmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.SetRequest, resp *response) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
}

// ReplaceList is [ReplaceString] for a list.
func ReplaceList() planmodifier.List {
	type response = listplanmodifier.RequiresReplaceIfFuncResponse
	return listplanmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.ListRequest, resp *response) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
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
