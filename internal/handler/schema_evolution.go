package handler

import (
	"cmp"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// schemaEvolutionAttribute are the settings of schema monitoring that go along with a create.
func schemaEvolutionAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "Schema monitoring for the server and database of this source. Immuta takes it only when the source is " +
			"registered: changing it later is refused when planning, adding it later is recorded without a call, removing it changes nothing in " +
			"Immuta. Drift is not detected.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"owner_profile_id": schema.Int64Attribute{
				MarkdownDescription: "Profile that owns the sources which schema monitoring registers. The data source `immuta_current_user` tells " +
					"your own.",
				Required: true,
			},
			"disabled": schema.BoolAttribute{
				MarkdownDescription: "Whether schema monitoring is off. Default: `true`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
			},
			"schemas": schema.ListAttribute{
				MarkdownDescription: "Schemas to monitor. Default: none.",
				ElementType:         types.StringType,
				Optional:            true,
				Computed:            true,
				Default:             listdefault.StaticValue(tf.StringList(nil)),
				Validators:          []validator.List{listvalidator.NoNullValues()},
			},
			"name_template": nameTemplateAttribute(),
		},
	}
}

// nameFormats are the parts of name_template: the attribute, Immuta's key, which differs from that of the V2 API (H), what it names,
// and the default.
var nameFormats = []struct{ attribute, key, names, fallback string }{
	{"name_format", "nameFormat", "the data source", "<Schema> <Tablename>"},
	{"table_format", "tableFormat", "the table in Immuta", "<tablename>"},
	{"sql_schema_name_format", "sqlSchemaNameFormat", "the schema in Immuta", "<schema>"},
	{"schema_project_name_format", "schemaProjectNameFormat", "the schema's project", "<Schema>"},
}

func nameTemplateAttribute() schema.Attribute {
	attributes, kinds, defaults := map[string]schema.Attribute{}, map[string]attr.Type{}, map[string]attr.Value{}
	for _, format := range nameFormats {
		attributes[format.attribute] = schema.StringAttribute{
			MarkdownDescription: "Name of " + format.names + ". Default: `" + format.fallback + "`.",
			Optional:            true,
			Computed:            true,
			Default:             stringdefault.StaticString(format.fallback),
		}
		kinds[format.attribute] = types.StringType
		defaults[format.attribute] = types.StringValue(format.fallback)
	}
	return schema.SingleNestedAttribute{
		MarkdownDescription: "How registered tables are named. The macros `<tablename>`, `<schema>` and `<database>` are replaced; their " +
			"case picks the case of the result.",
		Optional:   true,
		Computed:   true,
		Default:    objectdefault.StaticValue(types.ObjectValueMust(kinds, defaults)),
		Attributes: attributes,
	}
}

// schemaEvolutionToAPI writes the block. A configuration, unlike a plan, lacks the defaults.
func schemaEvolutionToAPI(o types.Object) map[string]any {
	disabled := true
	if given := tf.Attribute[types.Bool](o, "disabled"); tf.Known(given) {
		disabled = given.ValueBool()
	}
	template := tf.Attribute[types.Object](o, "name_template")
	formats := map[string]string{}
	for _, format := range nameFormats {
		formats[format.key] = cmp.Or(objectText(template, format.attribute), format.fallback)
	}
	return map[string]any{
		"ownerProfileId": tf.Attribute[types.Int64](o, "owner_profile_id").ValueInt64(),
		"disabled":       disabled,
		"schemas":        tf.Texts(tf.Attribute[types.List](o, "schemas")),
		"config":         map[string]any{"nameTemplate": formats},
	}
}
