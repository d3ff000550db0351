package handler

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// column is a column as the handler takes it (H).
type column struct {
	Name         types.String `tfsdk:"name"`
	DataType     types.String `tfsdk:"data_type"`
	RemoteType   types.String `tfsdk:"remote_type"`
	Nullable     types.Bool   `tfsdk:"nullable"`
	IsPrimaryKey types.Bool   `tfsdk:"is_primary_key"`
}

func columnsAttribute() schema.Attribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: "The columns to register, when Immuta should not find them out from the remote table itself. They are sent when they are configured or changed, " +
			"and never read or compared: drift in columns is not seen here. To manage a dictionary's columns continuously, use `immuta_data_dictionary` instead.",
		Optional:   true,
		Validators: []validator.List{listvalidator.SizeAtLeast(1)},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{MarkdownDescription: "Name of the column.", Required: true},
			"data_type": schema.StringAttribute{
				MarkdownDescription: "Immuta's type of the column: `text`, `integer`, `numeric(38,0)`, `date`, `json`, `timestamp with time zone` and so on.",
				Required:            true,
			},
			"remote_type":    schema.StringAttribute{MarkdownDescription: "The remote platform's own type, such as `number(38,0)`.", Required: true},
			"nullable":       schema.BoolAttribute{MarkdownDescription: "Whether the column may hold nulls. Not sent when it is not configured.", Optional: true},
			"is_primary_key": schema.BoolAttribute{MarkdownDescription: "Whether the column is part of the primary key. Not sent when it is not configured.", Optional: true},
		}},
	}
}

func columnsToAPI(list types.List) []map[string]any {
	var columns []column
	list.ElementsAs(context.Background(), &columns, true)
	out := make([]map[string]any, 0, len(columns))
	for _, c := range columns {
		item := map[string]any{
			"name": c.Name.ValueString(), "dataType": c.DataType.ValueString(), "remoteType": c.RemoteType.ValueString(),
		}
		setBool(item, "nullable", c.Nullable)
		setBool(item, "isPrimaryKey", c.IsPrimaryKey)
		out = append(out, item)
	}
	return out
}

func validateColumns(list types.List) diag.Diagnostics {
	var diags diag.Diagnostics
	if !tf.Known(list) {
		return nil
	}
	var columns []column
	list.ElementsAs(context.Background(), &columns, true)
	seen := map[string]bool{}
	for i, c := range columns {
		if name := c.Name.ValueString(); tf.Known(c.Name) {
			if seen[name] {
				diags.AddAttributeError(path.Root("columns").AtListIndex(i).AtName("name"), "A column is there twice",
					fmt.Sprintf("The column %q is listed more than once.", name))
			}
			seen[name] = true
		}
	}
	return diags
}
