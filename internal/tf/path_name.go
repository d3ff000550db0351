package tf

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// PathName refuses names that the client never sends as a part of a path: see [immuta.UnsafePathError].
func PathName() validator.String { return pathNameValidator{} }

type pathNameValidator struct{}

func (pathNameValidator) Description(context.Context) string {
	return `value must not be "." or "..", nor hold one of them between slashes`
}

func (v pathNameValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (pathNameValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := immuta.CheckName(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "The name cannot be part of a path", err.Error()+".\n\n"+unsafePathAdvice)
	}
}

const unsafePathAdvice = "Immuta's API takes names in the path of a request. Use the id where there is one, or rename the object in Immuta."
