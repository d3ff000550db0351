package tf

import (
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Ignored lists the configured attributes that a write should have changed from prior to plan, but that read otherwise
// afterwards. A zero prior stands for a resource that is new.
func Ignored(config, prior, plan, read tftypes.Value) []path.Path {
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

// frameworkPath converts a path as far as it consists of attributes and list elements.
func frameworkPath(at *tftypes.AttributePath) path.Path {
	out := path.Empty()
	for _, step := range at.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			out = out.AtName(string(s))
		case tftypes.ElementKeyInt:
			out = out.AtListIndex(int(s))
		default:
			return out
		}
	}
	return out
}
