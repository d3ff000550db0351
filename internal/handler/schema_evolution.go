package handler

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
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
			"disabled": schema.BoolAttribute{MarkdownDescription: "Whether schema monitoring is off. Default: `true`.", Optional: true},
			"schemas": schema.ListAttribute{
				MarkdownDescription: "Schemas to monitor. Default: none.", ElementType: types.StringType, Optional: true,
				Validators: []validator.List{listvalidator.NoNullValues()},
			},
			"name_template": schema.SingleNestedAttribute{
				MarkdownDescription: "How registered tables are named. The macros `<tablename>`, `<schema>` and `<database>` are replaced; their " +
					"case picks the case of the result.",
				Optional: true,
				Attributes: map[string]schema.Attribute{
					"name_format":                nameFormat("Name of the data source. Default: `<Schema> <Tablename>`."),
					"table_format":               nameFormat("Name of the table in Immuta. Default: `<tablename>`."),
					"sql_schema_name_format":     nameFormat("Name of the schema in Immuta. Default: `<schema>`."),
					"schema_project_name_format": nameFormat("Name of the schema's project. Default: `<Schema>`."),
				},
			},
		},
	}
}

func nameFormat(description string) schema.Attribute {
	return schema.StringAttribute{MarkdownDescription: description, Optional: true}
}

// schemaEvolutionToAPI writes the block with the template keys of the V1 API, which differ from those of V2 (H).
func schemaEvolutionToAPI(o types.Object) map[string]any {
	disabled := true
	if given := tf.Attribute[types.Bool](o, "disabled"); tf.Known(given) {
		disabled = given.ValueBool()
	}
	template := tf.Attribute[types.Object](o, "name_template")
	format := func(key, standard string) string {
		if text := objectText(template, key); text != "" {
			return text
		}
		return standard
	}
	return map[string]any{
		"ownerProfileId": tf.Attribute[types.Int64](o, "owner_profile_id").ValueInt64(),
		"disabled":       disabled,
		"schemas":        tf.Texts(tf.Attribute[types.List](o, "schemas")),
		"config": map[string]any{"nameTemplate": map[string]string{
			"nameFormat":              format("name_format", "<Schema> <Tablename>"),
			"tableFormat":             format("table_format", "<tablename>"),
			"sqlSchemaNameFormat":     format("sql_schema_name_format", "<schema>"),
			"schemaProjectNameFormat": format("schema_project_name_format", "<Schema>"),
		}},
	}
}
