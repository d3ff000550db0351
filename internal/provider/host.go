package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// hostValidator refuses what is not the root of a tenant.
type hostValidator struct{}

func (hostValidator) Description(context.Context) string {
	return "value must be a host name or an http(s) URL without a path"
}

func (v hostValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (hostValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || req.ConfigValue.ValueString() == "" {
		return
	}
	if _, err := immuta.ParseHost(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "The host is not valid", hostAdvice(err))
	}
}

func hostAdvice(err error) string {
	return err.Error() + ". Give the tenant's root, such as https://acme.hosted.immutacloud.com."
}
