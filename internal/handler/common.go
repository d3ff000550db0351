package handler

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// What becomes of a source when Terraform destroys it.
const (
	OnDestroyDisable = "disable"
	OnDestroyDelete  = "delete"
	OnDestroyAbandon = "abandon"
)

// SourceDefaults hold for sources when neither they nor the provider say otherwise.
func SourceDefaults() tf.SourceDefaults {
	return tf.SourceDefaults{OnDestroy: types.StringValue(OnDestroyDisable), DeletionProtection: types.BoolValue(false)}
}

// OnDestroyValues are the legal values of on_destroy.
func OnDestroyValues() []string { return []string{OnDestroyDisable, OnDestroyDelete, OnDestroyAbandon} }

// Common is the part of the model that every source has.
type Common struct {
	ID                 types.Int64  `tfsdk:"id"`
	HandlerID          types.Int64  `tfsdk:"handler_id"`
	Name               types.String `tfsdk:"name"`
	Description        types.String `tfsdk:"description"`
	Documentation      types.String `tfsdk:"documentation"`
	CatalogMetadata    types.Object `tfsdk:"catalog_metadata"`
	Enabled            types.Bool   `tfsdk:"enabled"`
	OnDestroy          types.String `tfsdk:"on_destroy"`
	DeletionProtection types.Bool   `tfsdk:"deletion_protection"`

	tf.OperationTimeouts
}

// optionalComputedText is an optional text that Immuta's own value shows through when it is not configured.
func optionalComputedText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Computed:            true,
		Validators:          validators,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func commonAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":         tf.KeptNumber("Id of the data source in Immuta. It never changes, not even when the source is disabled and restored."),
		"handler_id": tf.KeptNumber("Id of the source's handler: the half of it that holds the connection. Not the same as `id`."),
		"name": schema.StringAttribute{
			MarkdownDescription: "Name of the source, unique in the tenant, at most 255 characters. Changing it renames the source in place. " +
				"Drift is detected.",
			Required:   true,
			Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255), tf.PathName()},
		},
		"description": optionalComputedText("What the source holds, for the people who look for it. `\"\"` clears it." +
			leftAlone + driftIsDetected),
		"documentation": optionalComputedText("Longer documentation in Markdown, shown on the source's page. `\"\"` clears it." +
			leftAlone + driftIsDetected + " Setting it costs one more request on create."),
		"catalog_metadata": schema.SingleNestedAttribute{
			MarkdownDescription: "Link to the asset of an external catalog that describes the same table. Empty texts in both clear it." +
				leftAlone + driftIsDetected,
			Optional:      true,
			Computed:      true,
			PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
			Attributes: map[string]schema.Attribute{
				"id":       schema.StringAttribute{MarkdownDescription: "Id of the asset in the catalog.", Required: true},
				"provider": schema.StringAttribute{MarkdownDescription: "Name of the catalog.", Required: true},
			},
		},
		"enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the source can be used. `false` disables it: it is hidden from everyone but its owners, and keeps its " +
				"id, members and policies. `true`, the default, restores it. Drift is detected: a source that was disabled outside of Terraform " +
				"is restored by the next apply.",
			Optional: true,
			Computed: true,
			Default:  booldefault.StaticBool(true),
		},
		"on_destroy": schema.StringAttribute{
			MarkdownDescription: "What a destroy does: `disable` hides the source, it can be restored; `delete` removes it for good, with its " +
				"members and policies; `abandon` leaves it as it is and only forgets it. Default: the provider's `source_defaults.on_destroy`, or " +
				"else `disable`.",
			Optional:   true,
			Computed:   true,
			Validators: []validator.String{stringvalidator.OneOf(OnDestroyValues()...)},
		},
		"deletion_protection": schema.BoolAttribute{
			MarkdownDescription: "`true` makes every destroy and replacement of the source fail, until it is `false` and that has been applied. " +
				"Default: the provider's `source_defaults.deletion_protection`, or else `false`.",
			Optional: true,
			Computed: true,
		},
	}
}

var catalogTypes = map[string]attr.Type{"id": types.StringType, "provider": types.StringType}

// label names the source in messages: right after an import its name is not known yet.
func (c *Common) label() string {
	if name := c.Name.ValueString(); name != "" {
		return fmt.Sprintf("data source %d (%s)", c.ID.ValueInt64(), name)
	}
	return fmt.Sprintf("data source %d", c.ID.ValueInt64())
}

// values are the attributes that every source sends.
func (c *Common) values(a answer) []value {
	return []value{
		textValue(mapping{at: path.Root("name"), setting: "name", metadata: nameKey}, &c.Name, told(a.source.Name), shown),
		textValue(setting("description", "description"), &c.Description, lenientText(a.source.Description), clearableText),
		textValue(setting("documentation", "documentation"), &c.Documentation, lenientText(a.source.Documentation), clearableText),
		catalogValue(&c.CatalogMetadata, a.source.CatalogMetadata),
	}
}

// fromAPI takes over what is not sent as a value: which source it is, and whether it is enabled.
func (c *Common) fromAPI(source *immuta.Source, ref immuta.HandlerRef) {
	c.ID = types.Int64Value(int64(source.ID))
	c.HandlerID = types.Int64Value(ref.ID)
	c.Enabled = types.BoolValue(!bool(source.Deleted))
}

// inherit fills in what neither the configuration nor Immuta says.
func (c *Common) inherit(defaults tf.SourceDefaults) {
	if !tf.Known(c.OnDestroy) {
		c.OnDestroy = defaults.OnDestroy
	}
	if !tf.Known(c.DeletionProtection) {
		c.DeletionProtection = defaults.DeletionProtection
	}
}

// matchesListing compares what a row of the search listing tells with the state.
func (c *Common) matchesListing(row immuta.SourceRow) bool {
	return c.Name.ValueString() == string(row.Name) && c.wantsDisabled() == bool(row.Deleted.Get()) &&
		(!row.Description.Answered || c.Description.ValueString() == row.Description.Get())
}

// wantsDisabled tells whether the configuration asks for a disabled source.
func (c *Common) wantsDisabled() bool { return !c.Enabled.IsNull() && !c.Enabled.ValueBool() }
