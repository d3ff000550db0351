package tf

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Provider is what the provider's Configure hands to everything it serves.
type Provider struct {
	// Client is nil while the host or the key is not known, which happens only during a plan.
	Client *immuta.Client
	// Listing answers refreshes from the search listing; nil unless the user chose that.
	Listing *immuta.Listing
	// Defaults stand in for what a source does not say.
	Defaults SourceDefaults
	tenants  tenants

	// ResourceTypes maps a technology's label, as Immuta returns it, to the resource type that manages its sources.
	ResourceTypes map[string]string
}

// Connection is what there is to say of the connections of a technology.
type Connection struct {
	// Prefix is the first path segment of the routes of its handlers.
	Prefix string
	// Keys are what the API calls the attributes of server, by their names.
	Keys map[string]string
}

// SourceDefaults are the provider's source_defaults, completed with what holds without them. A value may be unknown during a plan.
type SourceDefaults struct {
	OnDestroy          types.String
	DeletionProtection types.Bool
}

// Configured returns the provider's data from a Configure request. Terraform also calls Configure before the provider
// is configured, for validation: then there is nothing yet, and nil is returned.
func Configured(data any, diags *diag.Diagnostics) *Provider {
	if data == nil {
		return nil
	}
	p, ok := data.(*Provider)
	if !ok {
		diags.AddError("Unexpected provider data",
			fmt.Sprintf("The provider handed out %T where %T was expected. This is a defect of the provider: please report it.", data, p))
		return nil
	}
	return p
}

// RequireClient returns the client, or an error when the provider's configuration is not known yet.
func (p *Provider) RequireClient(attempted string, diags *diag.Diagnostics) *immuta.Client {
	if p == nil || p.Client == nil {
		diags.AddError("The provider is not configured yet",
			fmt.Sprintf("%s needs the tenant, but the provider's host or api_key is not known before apply. "+
				"Give the provider values that are known when planning, or apply what they depend on first (-target).", attempted))
		return nil
	}
	return p.Client
}

// ForRefresh returns the client, or nil with a warning when the provider's configuration is not known yet: then a refresh
// leaves the state as it is.
func (p *Provider) ForRefresh(what string, diags *diag.Diagnostics) *immuta.Client {
	if p == nil || p.Client == nil {
		diags.AddWarning("Not refreshed",
			fmt.Sprintf("The %s was not read, because the provider's host or api_key is not known before apply.", what))
		return nil
	}
	return p.Client
}
