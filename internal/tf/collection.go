package tf

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// DistinctSet makes a set of the values, each once: Immuta may list something twice, and the framework decodes no set with equal
// elements.
func DistinctSet(elementType attr.Type, values []attr.Value) types.Set {
	distinct := make([]attr.Value, 0, len(values))
	for _, value := range values {
		if !slices.ContainsFunc(distinct, value.Equal) {
			distinct = append(distinct, value)
		}
	}
	return types.SetValueMust(elementType, distinct)
}

// Objects are the elements of a list or set of objects: none while it is null or unknown. Unlike decoding into structs, this cannot
// fail: the schema says what the elements are.
func Objects(collection interface{ Elements() []attr.Value }) []types.Object {
	return elements[types.Object](collection)
}

// Texts are the elements of a list or set of strings: none while it is null or unknown.
func Texts(collection interface{ Elements() []attr.Value }) []string {
	return Each(elements[types.String](collection), types.String.ValueString)
}

func elements[V attr.Value](collection interface{ Elements() []attr.Value }) []V {
	return Each(collection.Elements(), func(element attr.Value) V {
		value, _ := element.(V)
		return value
	})
}

// Attribute is an attribute of an object, of the name and type that the schema gives it. An object that is null or unknown as a
// whole has null attributes; the framework refuses one in a list if an attribute is required.
func Attribute[V attr.Value](object types.Object, name string) V {
	value, _ := object.Attributes()[name].(V)
	return value
}
