package tf

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Some things of Immuta cannot be changed, and do not tell all that they were made with. Their attributes replace them on a
// change, but not when the state lacks a value only because the thing was imported: then the configuration is believed, and
// an update writes it into the state without a call.

const importedKey = "imported"

// markImported notes that a state comes from an import and lacks what Immuta does not answer.
func markImported(ctx context.Context, private PrivateWriter, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, importedKey, []byte("true"))...)
}

// IsImported tells whether a state comes from an import and has not been completed yet.
func IsImported(ctx context.Context, private PrivateReader) bool {
	value, _ := private.GetKey(ctx, importedKey)
	return string(value) == "true"
}

// CompleteImported notes that the state of an imported thing is completed from the configuration by an update, and warns of
// each attribute that is believed. Verified are those that the provider could check after all.
func CompleteImported(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse, what string, verified ...string) {
	if !IsImported(ctx, req.Private) {
		return
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, nil)...)
	var config, state map[string]tftypes.Value
	if err := errors.Join(req.Config.Raw.As(&config), req.State.Raw.As(&state)); err != nil {
		resp.Diagnostics.AddError("The state cannot be completed", "This is a defect of the provider: please report it.\n\n"+err.Error())
		return
	}
	for _, name := range slices.Sorted(maps.Keys(config)) {
		if config[name].IsNull() || !state[name].IsNull() || name == timeoutsName || slices.Contains(verified, name) {
			continue
		}
		resp.Diagnostics.AddAttributeWarning(path.Root(name), "Written down without looking",
			fmt.Sprintf("Immuta does not return this of the %s, which was imported. The configured value is taken for what it was made with, and nothing was sent. "+
				"From now on a change replaces it.", what))
	}
}

// replaces tells whether a changed attribute means another thing.
func replaces(ctx context.Context, private PrivateReader, state attr.Value) bool {
	return !state.IsNull() || !IsImported(ctx, private)
}

const replacesDescription = "Changing it replaces the resource."

// ReplaceString replaces the resource when the attribute changes, unless it was imported without it.
func ReplaceString() planmodifier.String {
	return stringplanmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
}

// ReplaceInt64 is [ReplaceString] for a number.
func ReplaceInt64() planmodifier.Int64 {
	return int64planmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.Int64Request, resp *int64planmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
}

// ReplaceSet is [ReplaceString] for a set.
func ReplaceSet() planmodifier.Set {
	return setplanmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.SetRequest, resp *setplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
}

// ReplaceList is [ReplaceString] for a list.
func ReplaceList() planmodifier.List {
	return listplanmodifier.RequiresReplaceIf(func(ctx context.Context, req planmodifier.ListRequest, resp *listplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = replaces(ctx, req.Private, req.StateValue)
	}, replacesDescription, replacesDescription)
}
