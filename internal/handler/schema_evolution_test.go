package handler

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestSchemaEvolutionToAPI(t *testing.T) {
	t.Parallel()
	nested, ok := schemaEvolutionAttribute().(schema.SingleNestedAttribute)
	if !ok {
		t.Fatal("not an object")
	}
	attributeTypes := map[string]attr.Type{}
	for name, a := range nested.Attributes {
		attributeTypes[name] = a.GetType()
	}
	template, ok := attributeTypes["name_template"].(types.ObjectType)
	if !ok {
		t.Fatal("name_template is no object")
	}
	object := func(given map[string]attr.Value) types.Object {
		values := map[string]attr.Value{
			"owner_profile_id": types.Int64Value(7), "disabled": types.BoolNull(), "schemas": types.ListNull(types.StringType), "name_template": types.ObjectNull(template.AttrTypes),
		}
		for name, v := range given {
			values[name] = v
		}
		return types.ObjectValueMust(attributeTypes, values)
	}
	for name, test := range map[string]struct {
		given map[string]attr.Value
		want  string
	}{
		"defaults": {nil, `{"config":{"nameTemplate":{"nameFormat":"<Schema> <Tablename>","schemaProjectNameFormat":"<Schema>","sqlSchemaNameFormat":"<schema>","tableFormat":"<tablename>"}},` +
			`"disabled":true,"ownerProfileId":7,"schemas":[]}`},
		"everything": {map[string]attr.Value{
			"disabled": types.BoolValue(false),
			"schemas":  types.ListValueMust(types.StringType, []attr.Value{types.StringValue("SALES"), types.StringValue("HR")}),
			"name_template": types.ObjectValueMust(template.AttrTypes, map[string]attr.Value{
				"name_format": types.StringValue("<Tablename>"), "table_format": types.StringValue("t_<tablename>"),
				"sql_schema_name_format": types.StringNull(), "schema_project_name_format": types.StringValue("<Database>"),
			}),
		}, `{"config":{"nameTemplate":{"nameFormat":"<Tablename>","schemaProjectNameFormat":"<Database>","sqlSchemaNameFormat":"<schema>","tableFormat":"t_<tablename>"}},` +
			`"disabled":false,"ownerProfileId":7,"schemas":["SALES","HR"]}`},
	} {
		var got, want any
		sent, err := json.Marshal(schemaEvolutionToAPI(object(test.given)))
		if err != nil {
			t.Fatal(err)
		}
		if json.Unmarshal(sent, &got) != nil || json.Unmarshal([]byte(test.want), &want) != nil {
			t.Fatal("not JSON")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
