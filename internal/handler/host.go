package handler

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Ids mean something on one tenant only. The tenant that a state was written from is kept in private state, so that a
// provider which suddenly points elsewhere neither takes its sources for deleted nor changes somebody else's.

const hostKey = "host"

type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func rememberHost(ctx context.Context, client *immuta.Client, private privateWriter, diags *diag.Diagnostics) {
	value, err := json.Marshal(client.Host())
	if err != nil {
		diags.AddError("The tenant's address cannot be kept", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, hostKey, value)...)
}

// writtenFrom is the tenant that the state was written from; "" when that is not known, as after an import.
func writtenFrom(ctx context.Context, private privateReader) string {
	value, _ := private.GetKey(ctx, hostKey)
	var host string
	if json.Unmarshal(value, &host) != nil {
		return ""
	}
	return host
}

func movedHost(ctx context.Context, private privateReader, client *immuta.Client) bool {
	host := writtenFrom(ctx, private)
	return host != "" && host != client.Host()
}

// refuseOtherHost keeps a write from reaching a tenant that the state does not speak of.
func refuseOtherHost(ctx context.Context, private privateReader, client *immuta.Client, attempted string, diags *diag.Diagnostics) bool {
	if !movedHost(ctx, private, client) {
		return false
	}
	diags.AddAttributeError(path.Root("id"), "The provider's host has changed",
		fmt.Sprintf("%s was not tried: the state was written from %s, and the provider's host is %s. If both are the same tenant, "+
			"refresh first (terraform apply -refresh-only); otherwise set the host back.", attempted, writtenFrom(ctx, private), client.Host()))
	return true
}
