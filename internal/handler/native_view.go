package handler

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
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

func nativeViewWireKeys() tf.Fields {
	fields := tf.Fields{}
	for name, key := range nativeViewKeys {
		fields[key] = path.Root("native_view").AtName(name)
	}
	return fields
}

var nativeViewTypes = map[string]attr.Type{
	"name": types.StringType, "schema_name": types.StringType, "workspace_name": types.StringType,
}

// nativeViewAttributes is the attribute of the technologies in which Immuta creates views.
func nativeViewAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{"native_view": schema.SingleNestedAttribute{
		MarkdownDescription: "The view that Immuta creates in the remote platform for this source." + leftAlone + driftIsSeen,
		Optional:            true,
		Computed:            true,
		PlanModifiers:       []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		Attributes: map[string]schema.Attribute{
			"name":           keptText("Name of the view."),
			"schema_name":    keptText("Schema of the view."),
			"workspace_name": keptText("Workspace that the view belongs to."),
		},
	}}
}

func nativeViewToAPI(view types.Object, md immuta.Metadata) {
	if !tf.Known(view) {
		return
	}
	for name, key := range nativeViewKeys {
		if text, ok := view.Attributes()[name].(types.String); ok && tf.Known(text) {
			md.Set(key, text.ValueString())
		}
	}
}

func nativeViewFromAPI(prior types.Object, md immuta.Metadata) types.Object {
	values := map[string]attr.Value{}
	// An object that is configured, if only as {}, stays one.
	there := tf.Known(prior)
	for name, key := range nativeViewKeys {
		before, ok := prior.Attributes()[name].(types.String)
		if !ok {
			before = types.StringNull()
		}
		text := keptString(before, immuta.Lookup[immuta.Text](md, key))
		values[name] = text
		there = there || !text.IsNull()
	}
	if !there {
		return types.ObjectNull(nativeViewTypes)
	}
	return types.ObjectValueMust(nativeViewTypes, values)
}
