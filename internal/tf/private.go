package tf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What the provider keeps in private state, beside the state of an object.

const tenantKey = "tenant"

// PrivateReader is the private state of a request.
type PrivateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// PrivateWriter is the private state of a response.
type PrivateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// origin is where a state was written from.
type origin struct {
	Host string `json:"host"`
	// Proof tells the object from any other with the same id on another tenant; "" where Immuta returns nothing that does.
	Proof string `json:"proof,omitempty"`
	// Former are the hosts that turned out to be this tenant under another name.
	Former []string `json:"former,omitempty"`
}

func originOf(ctx context.Context, private PrivateReader) origin {
	value, _ := private.GetKey(ctx, tenantKey)
	var o origin
	if json.Unmarshal(value, &o) != nil {
		return origin{}
	}
	return o
}

func (o origin) save(ctx context.Context, private PrivateWriter, diags *diag.Diagnostics) {
	value, err := json.Marshal(o)
	if err != nil {
		diags.AddError("The tenant's address cannot be kept", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, tenantKey, value)...)
}

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
// each attribute that is believed. Verified are those that the provider could check or send after all.
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
		if config[name].IsNull() || config[name].Equal(state[name]) || name == timeoutsName || slices.Contains(verified, name) {
			continue
		}
		resp.Diagnostics.AddAttributeWarning(path.Root(name), "Written down without looking",
			fmt.Sprintf("Immuta does not return this of the %s, which was imported. The configured value is taken for what it was made with, and "+
				"nothing was sent. "+
				"From now on a change replaces it.", what))
	}
}
