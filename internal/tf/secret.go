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
				"change outside of Terraform is not detected. Removing it from the configuration sends nothing.",
			Optional:   true,
			Sensitive:  true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		name + "_wo": schema.StringAttribute{
			MarkdownDescription: what + " Write-only: it goes to Immuta " + sent + " and is kept in no plan and no state. " +
				"Removing it from the configuration sends nothing. Needs Terraform or OpenTofu 1.11.",
			Optional:   true,
			WriteOnly:  true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		name + "_wo_version": schema.Int64Attribute{
			MarkdownDescription: "Version of `" + name + "_wo`. Terraform cannot see that a write-only value changed: raise this number to send " +
				"a new one. Removing it from the configuration sends nothing.",
			Optional: true,
		},
	}
}

// Validate checks a secret called name: never both forms, and no version without the form that it belongs to.
func (s Secret) Validate(at path.Path, name string) diag.Diagnostics {
	var diags diag.Diagnostics
	switch {
	case Known(s.Kept) && Known(s.WriteOnly):
		diags.AddAttributeError(at.AtName(name), "Two forms of one secret",
			fmt.Sprintf("Set %[1]s, which is kept in the state, or %[1]s_wo, which is not, but not both.", at.AtName(name)))
	case s.Version.IsNull() || s.Version.IsUnknown() || !s.WriteOnly.IsNull():
	case !s.Kept.IsNull():
		diags.AddAttributeError(at.AtName(name+"_wo_version"), "A version without its secret",
			fmt.Sprintf("%[1]s_wo_version only means something beside %[1]s_wo.", at.AtName(name)))
	}
	return diags
}

// Require checks that a secret called name is given, because it has to be sent. Why says what needs it, and what else could be done.
func (s Secret) Require(at path.Path, name, why string) diag.Diagnostics {
	var diags diag.Diagnostics
	if !s.Given() {
		diags.AddAttributeError(at.AtName(name+"_wo"), "The secret is missing",
			fmt.Sprintf("Give %[1]s_wo (write-only, kept in no state) or %[1]s (kept in the state). %[2]s", at.AtName(name), why))
	}
	return diags
}
