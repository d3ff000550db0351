package handler

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// schemaEvolution are the settings of schema monitoring that go along with a create.
type schemaEvolution struct {
	OwnerProfileID types.Int64  `tfsdk:"owner_profile_id"`
	Disabled       types.Bool   `tfsdk:"disabled"`
	Schemas        types.List   `tfsdk:"schemas"`
	NameTemplate   types.Object `tfsdk:"name_template"`
}

func schemaEvolutionAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "Schema monitoring for the server and database of this source. Immuta takes it only when the source is registered: " +
			"changing it later is refused when planning, adding it later is recorded without a call, removing it changes nothing in Immuta. Drift is not seen.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"owner_profile_id": schema.Int64Attribute{
				MarkdownDescription: "Profile that owns the sources which schema monitoring registers. The data source `immuta_current_user` tells your own.",
				Required:            true,
			},
			"disabled": schema.BoolAttribute{MarkdownDescription: "Whether schema monitoring is off. Default: `true`.", Optional: true},
			"schemas": schema.ListAttribute{
				MarkdownDescription: "Schemas to monitor. Default: none.", ElementType: types.StringType, Optional: true,
			},
			"name_template": schema.SingleNestedAttribute{
				MarkdownDescription: "How registered tables are named. The macros `<tablename>`, `<schema>` and `<database>` are replaced; their case picks the case of the result.",
				Optional:            true,
				Attributes: map[string]schema.Attribute{
					"name_format":                schema.StringAttribute{MarkdownDescription: "Name of the data source. Default: `<Schema> <Tablename>`.", Optional: true},
					"table_format":               schema.StringAttribute{MarkdownDescription: "Name of the table in Immuta. Default: `<tablename>`.", Optional: true},
					"sql_schema_name_format":     schema.StringAttribute{MarkdownDescription: "Name of the schema in Immuta. Default: `<schema>`.", Optional: true},
					"schema_project_name_format": schema.StringAttribute{MarkdownDescription: "Name of the schema's project. Default: `<Schema>`.", Optional: true},
				},
			},
		},
	}
}

// schemaEvolutionToAPI writes the block with the template keys of the V1 API, which differ from those of V2 (H).
func schemaEvolutionToAPI(o types.Object) map[string]any {
	var e schemaEvolution
	o.As(context.Background(), &e, objectAs)
	disabled := true
	if tf.Known(e.Disabled) {
		disabled = e.Disabled.ValueBool()
	}
	schemas := []string{}
	if tf.Known(e.Schemas) {
		e.Schemas.ElementsAs(context.Background(), &schemas, false)
	}
	format := func(key, standard string) string {
		if text := objectText(e.NameTemplate, key); text != "" {
			return text
		}
		return standard
	}
	return map[string]any{
		"ownerProfileId": e.OwnerProfileID.ValueInt64(),
		"disabled":       disabled,
		"schemas":        schemas,
		"config": map[string]any{"nameTemplate": map[string]string{
			"nameFormat":              format("name_format", "<Schema> <Tablename>"),
			"tableFormat":             format("table_format", "<tablename>"),
			"sqlSchemaNameFormat":     format("sql_schema_name_format", "<schema>"),
			"schemaProjectNameFormat": format("schema_project_name_format", "<Schema>"),
		}},
	}
}
