package handler

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

func columnsAttribute() schema.Attribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: "The columns to register, when Immuta should not find them out from the remote table itself. They are sent when " +
			"they are configured or changed, and never read or compared: drift in columns is not detected here. To manage a dictionary's columns " +
			"continuously, use `immuta_data_dictionary` instead. Removing them from the configuration sends nothing.",
		Optional:   true,
		Validators: []validator.List{listvalidator.SizeAtLeast(1)},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{MarkdownDescription: "Name of the column.", Required: true},
			"data_type": schema.StringAttribute{
				MarkdownDescription: "Immuta's type of the column: `text`, `integer`, `numeric(38,0)`, `date`, `json`, `timestamp with time zone` " +
					"and so on.",
				Required: true,
			},
			"remote_type": schema.StringAttribute{MarkdownDescription: "The remote platform's own type, such as `number(38,0)`.", Required: true},
			"nullable": schema.BoolAttribute{
				MarkdownDescription: "Whether the column may hold nulls. Not sent when it is not configured.",
				Optional:            true,
			},
			"is_primary_key": schema.BoolAttribute{MarkdownDescription: "Whether the column is part of the primary key. Not sent when it is not " +
				"configured.", Optional: true},
		}},
	}
}

// columnsToAPI writes the columns as the handler takes them (H).
func columnsToAPI(list types.List) []map[string]any {
	return tf.Each(tf.Objects(list), func(c types.Object) map[string]any {
		out := map[string]any{"name": objectText(c, "name"), "dataType": objectText(c, "data_type"), "remoteType": objectText(c, "remote_type")}
		setBool(out, "nullable", tf.Attribute[types.Bool](c, "nullable"))
		setBool(out, "isPrimaryKey", tf.Attribute[types.Bool](c, "is_primary_key"))
		return out
	})
}

func validateColumns(list types.List) diag.Diagnostics {
	var diags diag.Diagnostics
	seen := map[string]bool{}
	for i, c := range tf.Objects(list) {
		if name := tf.Attribute[types.String](c, "name"); tf.Known(name) {
			if seen[name.ValueString()] {
				diags.AddAttributeError(path.Root("columns").AtListIndex(i).AtName("name"), "A column is there twice",
					fmt.Sprintf("The column %q is listed more than once.", name.ValueString()))
			}
			seen[name.ValueString()] = true
		}
	}
	return diags
}
