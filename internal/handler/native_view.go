package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// nativeViewKeys maps the attributes of native_view to the handler's keys (H).
var nativeViewKeys = map[string]string{
	"name": "nativeViewName", "schema_name": "nativeSchemaName", "workspace_name": "nativeWorkspaceName",
}

var nativeViewTypes = map[string]attr.Type{
	"name": types.StringType, "schema_name": types.StringType, "workspace_name": types.StringType,
}

// nativeViewAttributes is the attribute of the technologies in which Immuta creates views.
func nativeViewAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{"native_view": schema.SingleNestedAttribute{
		MarkdownDescription: "The view that Immuta creates in the remote platform for this source." + leftAlone + driftIsDetected,
		Optional:            true,
		Computed:            true,
		PlanModifiers:       []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"name":           optionalComputedText("Name of the view."),
			"schema_name":    optionalComputedText("Schema of the view."),
			"workspace_name": optionalComputedText("Workspace that the view belongs to."),
		},
	}}
}

// nativeViewValue is native_view.
type nativeViewValue struct {
	field *types.Object
	got   immuta.Metadata
}

func (v nativeViewValue) mappings() []mapping {
	var mappings []mapping
	for name, key := range nativeViewKeys {
		mappings = append(mappings, mapping{at: path.Root("native_view").AtName(name), metadata: key})
	}
	return mappings
}

func (v nativeViewValue) send(_ immuta.Settings, md immuta.Metadata) diag.Diagnostics {
	for name, key := range nativeViewKeys {
		if text, ok := v.field.Attributes()[name].(types.String); ok && tf.Known(text) {
			md.Set(key, text.ValueString())
		}
	}
	return nil
}

func (v nativeViewValue) read() diag.Diagnostics {
	values := map[string]attr.Value{}
	// An object that is configured, if only as {}, stays one.
	there := tf.Known(*v.field)
	for name, key := range nativeViewKeys {
		before, ok := v.field.Attributes()[name].(types.String)
		if !ok {
			before = types.StringNull()
		}
		text := optionalText(before, immuta.Lookup[immuta.Text](v.got, key))
		values[name] = text
		there = there || !text.IsNull()
	}
	*v.field = types.ObjectNull(nativeViewTypes)
	if there {
		*v.field = types.ObjectValueMust(nativeViewTypes, values)
	}
	return nil
}
