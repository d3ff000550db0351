package tf

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Secret is a secret in its two forms: kept in the state, or write-only with a version that tells of a change.
type Secret struct {
	Kept      types.String
	WriteOnly types.String
	Version   types.Int64
}

// Value is what Immuta gets. Only the configuration holds the write-only form.
func (s Secret) Value() (string, bool) {
	switch {
	case Known(s.WriteOnly):
		return s.WriteOnly.ValueString(), true
	case Known(s.Kept):
		return s.Kept.ValueString(), true
	default:
		return "", false
	}
}

// Given tells whether the secret is or may be there.
func (s Secret) Given() bool { return !s.Kept.IsNull() || !s.WriteOnly.IsNull() }

// SecretAttributes are the three attributes of a secret called name. What says what it is, sent when Immuta gets the
// write-only form: "with every change of the handler".
func SecretAttributes(name, what, sent string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		name: schema.StringAttribute{
			MarkdownDescription: what + " Kept in the state, as a sensitive value; `" + name + "_wo` is not. Immuta never returns it, so a " +
				"change outside of Terraform is not detected.",
			Optional:   true,
			Sensitive:  true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		name + "_wo": schema.StringAttribute{
			MarkdownDescription: what + " Write-only: it goes to Immuta " + sent + " and is kept in no plan and no state. Needs Terraform or " +
				"OpenTofu 1.11.",
			Optional:   true,
			WriteOnly:  true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		name + "_wo_version": schema.Int64Attribute{
			MarkdownDescription: "Version of `" + name + "_wo`. Terraform cannot see that a write-only value changed: raise this number to send " +
				"a new one.",
			Optional: true,
		},
	}
}

// Validate checks a secret called name: never both forms and, where it is required, one of them. Missing says what needs it.
func (s Secret) Validate(at path.Path, name string, required bool, missing string) diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case Known(s.Kept) && Known(s.WriteOnly):
		diags.AddAttributeError(at.AtName(name), "Two forms of one secret",
			fmt.Sprintf("Set %s, which is kept in the state, or %s_wo, which is not, but not both.", name, name))
	case required && !s.Given():
		diags.AddAttributeError(at.AtName(name+"_wo"), "The secret is missing",
			fmt.Sprintf("%s needs %s_wo (write-only, kept in no state) or %s (kept in the state).", missing, name, name))
	case s.WriteOnly.IsNull() && Known(s.Version):
		diags.AddAttributeError(at.AtName(name+"_wo_version"), "A version without its secret",
			fmt.Sprintf("%s_wo_version only means something beside %s_wo.", name, name))
	}
	return diags
}
