package tf

import (
	"context"
	"encoding/base64"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Base64 refuses strings that are not standard base64 with padding. It never quotes the value, which may be a secret.
func Base64() validator.String { return base64Validator{} }

type base64Validator struct{}

func (base64Validator) Description(context.Context) string { return "value must be base64-encoded" }

func (v base64Validator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (base64Validator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	// A stream, because the value may be a large file.
	if _, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(req.ConfigValue.ValueString()))); err != nil {
		// The CLI does not show the path of a nested attribute.
		resp.Diagnostics.AddAttributeError(req.Path, "The value is not base64",
			req.Path.String()+": Immuta takes files base64-encoded: use filebase64(\"path\") for a file, or base64encode(value) for a string.")
	}
}
