package tf_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// TestNotAppliedAttributesAreNamed: a CLI shows no more of a nested path than its root, so the text has the whole of it.
func TestNotAppliedAttributesAreNamed(t *testing.T) {
	t.Parallel()
	before := outer(map[string]tftypes.Value{"server": inner(1, "a")})
	planned := outer(map[string]tftypes.Value{"server": inner(2, "a")})
	config, plan := tfsdk.Config{Raw: planned}, tfsdk.Plan{Raw: planned}

	var diags diag.Diagnostics
	tf.WarnNotApplied("Access was given", resource.CreateRequest{Config: config, Plan: plan}, before, &diags)
	if len(diags) != 1 || diags.HasError() || diags[0].Summary() != "Access was given, but Immuta keeps another value of server.port" {
		t.Errorf("got %v", diags)
	}

	resp := &resource.UpdateResponse{State: tfsdk.State{Raw: planned}}
	req := resource.UpdateRequest{Config: config, Plan: plan, State: tfsdk.State{Raw: before}}
	tf.RefuseNotApplied("Changing it", ", or replace it", req, before, resp)
	if diags := resp.Diagnostics.Errors(); len(diags) != 1 || diags[0].Summary() != "Changing it: Immuta ignored a change" ||
		!strings.HasPrefix(diags[0].Detail(), "server.port: ") || !strings.HasSuffix(diags[0].Detail(), " to leave it alone, or replace it.") {
		t.Errorf("got %v", diags)
	}
	if !resp.State.Raw.Equal(before) {
		t.Errorf("the state holds %s", resp.State.Raw)
	}
}

func TestNotAppliedAttributesInAMap(t *testing.T) {
	t.Parallel()
	hosts := func(port int) tftypes.Value {
		return outer(map[string]tftypes.Value{
			"hosts": tftypes.NewValue(tftypes.Map{ElementType: innerType}, map[string]tftypes.Value{"a": inner(port, "a")}),
		})
	}
	ignored := tf.NotApplied(hosts(2), hosts(1), hosts(2), hosts(1))
	if len(ignored) != 1 || ignored[0].String() != `hosts["a"].port` {
		t.Errorf("got %v", ignored)
	}
}
