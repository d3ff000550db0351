package tf

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
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

// WarnNotApplied warns, after a creation, of each configured attribute that reads otherwise. Done says what has been done: "The data
// source was created".
func WarnNotApplied(done string, req resource.CreateRequest, read tftypes.Value, diags *diag.Diagnostics) {
	for _, at := range NotApplied(req.Config.Raw, tftypes.Value{}, req.Plan.Raw, read) {
		diags.AddAttributeWarning(at, fmt.Sprintf("%s, but Immuta keeps another value of %s", done, at),
			"Immuta does not return the configured value. The next plan shows what it has instead.")
	}
}

// RefuseNotApplied reports, after an update, each configured attribute that should have changed and did not. Then the state holds
// what was read. Otherwise is what to do besides leaving the attribute alone, if there is anything: ", or ...".
func RefuseNotApplied(attempted, otherwise string, req resource.UpdateRequest, read tftypes.Value, resp *resource.UpdateResponse) {
	for _, at := range NotApplied(req.Config.Raw, req.State.Raw, req.Plan.Raw, read) {
		resp.Diagnostics.AddAttributeError(at, attempted+": Immuta ignored a change",
			fmt.Sprintf("%s: Immuta accepted the request but does not return the new value of this attribute. The state holds what it returns. "+
				"The tenant may not support the change, or a policy of its own sets the value: take the attribute out of the configuration "+
				"to leave it alone%s.", at, otherwise))
		resp.State.Raw = read
	}
}

// NotApplied lists the configured attributes that a write should have changed from prior to plan, but that read otherwise
// afterwards. A zero prior stands for a resource that is new.
func NotApplied(config, prior, plan, read tftypes.Value) []path.Path {
	var ignored []path.Path
	// A walk through a well-formed value fails only if its callback does.
	_ = tftypes.Walk(plan, func(at *tftypes.AttributePath, planned tftypes.Value) (bool, error) {
		if !isLeaf(planned) || !planned.IsKnown() {
			return true, nil
		}
		configured, ok := valueAt(config, at)
		if !ok || configured.IsNull() {
			return true, nil
		}
		if before, ok := valueAt(prior, at); ok && before.Equal(planned) {
			return true, nil
		}
		if got, ok := valueAt(read, at); ok && !got.Equal(planned) {
			ignored = append(ignored, frameworkPath(at))
		}
		return true, nil
	})
	return ignored
}

func isLeaf(v tftypes.Value) bool {
	return v.Type().Is(tftypes.String) || v.Type().Is(tftypes.Number) || v.Type().Is(tftypes.Bool)
}

func valueAt(v tftypes.Value, at *tftypes.AttributePath) (tftypes.Value, bool) {
	if v.IsNull() {
		return tftypes.Value{}, false
	}
	found, _, err := tftypes.WalkAttributePath(v, at)
	if err != nil {
		return tftypes.Value{}, false
	}
	value, ok := found.(tftypes.Value)
	return value, ok
}

// frameworkPath converts a path as far as it consists of attributes and elements of lists and maps.
func frameworkPath(at *tftypes.AttributePath) path.Path {
	out := path.Empty()
	for _, step := range at.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			out = out.AtName(string(s))
		case tftypes.ElementKeyInt:
			out = out.AtListIndex(int(s))
		case tftypes.ElementKeyString:
			out = out.AtMapKey(string(s))
		default:
			return out
		}
	}
	return out
}

// sameBut tells whether two states differ in nothing but one attribute.
func sameBut(attribute string, a, b tftypes.Value) bool {
	differences, err := a.Diff(b)
	return err == nil && !slices.ContainsFunc(differences, func(d tftypes.ValueDiff) bool {
		steps := d.Path.Steps()
		return len(steps) > 0 && steps[0] != tftypes.AttributeName(attribute)
	})
}
