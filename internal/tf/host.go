package tf

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Ids mean something on one tenant only. The tenant that a state was written from is kept in private state, so that a
// provider which suddenly points elsewhere neither takes its sources for deleted nor changes somebody else's.

const hostKey = "host"

// PrivateReader is the private state of a request.
type PrivateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// PrivateWriter is the private state of a response.
type PrivateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// RememberHost notes which tenant a state is written from.
func RememberHost(ctx context.Context, client *immuta.Client, private PrivateWriter, diags *diag.Diagnostics) {
	value, err := json.Marshal(client.Host())
	if err != nil {
		diags.AddError("The tenant's address cannot be kept", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, hostKey, value)...)
}

// WrittenFrom is the tenant that the state was written from; "" when that is not known, as after an import.
func WrittenFrom(ctx context.Context, private PrivateReader) string {
	value, _ := private.GetKey(ctx, hostKey)
	var host string
	if json.Unmarshal(value, &host) != nil {
		return ""
	}
	return host
}

// MovedHost tells whether the state was written from another tenant than the client talks to.
func MovedHost(ctx context.Context, private PrivateReader, client *immuta.Client) bool {
	host := WrittenFrom(ctx, private)
	return host != "" && host != client.Host()
}

// RefuseOtherHost keeps a write from reaching a tenant that the state does not speak of.
func RefuseOtherHost(ctx context.Context, private PrivateReader, client *immuta.Client, attempted string, diags *diag.Diagnostics) bool {
	if !MovedHost(ctx, private, client) {
		return false
	}
	diags.AddAttributeError(path.Root("id"), "The provider's host has changed",
		fmt.Sprintf("%s was not tried: the state was written from %s, and the provider's host is %s. If both are the same tenant, "+
			"refresh first (terraform apply -refresh-only); otherwise set the host back.", attempted, WrittenFrom(ctx, private), client.Host()))
	return true
}

// RemoveGone deals with Immuta's word that something does not exist: it leaves the state with a warning, unless the
// provider talks to another tenant than the one that the state was written from, which is an error.
func RemoveGone(ctx context.Context, private PrivateReader, client *immuta.Client, what string, state *tfsdk.State, diags *diag.Diagnostics) {
	if MovedHost(ctx, private, client) {
		diags.AddError("The provider's host has changed",
			fmt.Sprintf("The state was written from %s, and %s has no %s. It is not taken as deleted. Set the provider's host back, "+
				"or remove the resource from the state (terraform state rm) if it belongs to the other tenant.", WrittenFrom(ctx, private), client.Host(), what))
		return
	}
	diags.AddWarning("Deleted outside of Terraform",
		fmt.Sprintf("Immuta has no %s any more. It is removed from the state, and the plan creates it anew unless it leaves the configuration too.", what))
	state.RemoveResource(ctx)
}

// WarnMovedHost warns when something was read from another tenant than the one that the state was written from, and
// notes where it was read from.
func WarnMovedHost(ctx context.Context, was PrivateReader, is PrivateWriter, client *immuta.Client, what string, diags *diag.Diagnostics) {
	from := WrittenFrom(ctx, was)
	if from == client.Host() {
		return
	}
	if from != "" {
		diags.AddWarning("The provider's host has changed",
			fmt.Sprintf("The state was written from %s; %s was now read from %s. Unless both are the same tenant, this is something else: set the host back before you apply.",
				from, what, client.Host()))
	}
	RememberHost(ctx, client, is, diags)
}
