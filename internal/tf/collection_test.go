package tf_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

func TestDistinctSet(t *testing.T) {
	t.Parallel()
	row := types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, "source": types.StringType}}
	object := func(name, source attr.Value) attr.Value {
		return types.ObjectValueMust(row.AttrTypes, map[string]attr.Value{"name": name, "source": source})
	}
	a, b, empty, null := types.StringValue("a"), types.StringValue("b"), types.StringValue(""), types.StringNull()
	twice := []attr.Value{object(a, null), object(a, a), object(a, null)}
	for name, test := range map[string]struct {
		of     attr.Type
		values []attr.Value
		want   []attr.Value
	}{
		"nothing":                  {types.StringType, nil, []attr.Value{}},
		"the order stays":          {types.StringType, []attr.Value{b, a, b, a}, []attr.Value{b, a}},
		"null and empty are two":   {types.StringType, []attr.Value{null, empty, null}, []attr.Value{null, empty}},
		"objects are equal or not": {row, twice, twice[:2]},
	} {
		got := tf.DistinctSet(test.of, test.values)
		if want := types.SetValueMust(test.of, test.want); !got.Equal(want) || got.String() != want.String() {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestObjectsAndTexts(t *testing.T) {
	t.Parallel()
	row := types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType}}
	named := func(name types.String) attr.Value {
		return types.ObjectValueMust(row.AttrTypes, map[string]attr.Value{"name": name})
	}
	rows := types.ListValueMust(row, []attr.Value{
		named(types.StringValue("a")), named(types.StringUnknown()), types.ObjectNull(row.AttrTypes), types.ObjectUnknown(row.AttrTypes),
	})
	want := []types.String{types.StringValue("a"), types.StringUnknown(), types.StringNull(), types.StringNull()}
	objects := tf.Objects(rows)
	if len(objects) != len(want) {
		t.Fatalf("%d objects", len(objects))
	}
	for i, object := range objects {
		if got := tf.Attribute[types.String](object, "name"); !got.Equal(want[i]) {
			t.Errorf("name %d is %s, want %s", i, got, want[i])
		}
	}
	for _, none := range []types.List{types.ListNull(row), types.ListUnknown(row)} {
		if len(tf.Objects(none)) != 0 || tf.Texts(none) == nil {
			t.Errorf("%s has elements", none)
		}
	}
}
