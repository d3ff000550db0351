package acctest

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Get reads a state by a dotted path such as "server.port" or "columns.0.name": a string, bool, int64, float64, []any,
// map[string]any, [Unknown] or nil for null. The empty path is the whole state.
func Get(state tftypes.Value, at string) any {
	value := plain(state)
	if at == "" {
		return value
	}
	for step := range strings.SplitSeq(at, ".") {
		value = child(value, step)
	}
	return value
}

// child is a member of an object or a list; nil when there is none.
func child(of any, step string) any {
	switch v := of.(type) {
	case map[string]any:
		return v[step]
	case []any:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

// plain turns a value into Go's own types. What cannot be decoded reads as nil, and fails the test that looks at it.
func plain(v tftypes.Value) any {
	if !v.IsKnown() {
		return Unknown
	}
	if v.IsNull() {
		return nil
	}
	switch {
	case v.Type().Is(tftypes.String):
		var s string
		_ = v.As(&s)
		return s
	case v.Type().Is(tftypes.Bool):
		var b bool
		_ = v.As(&b)
		return b
	case v.Type().Is(tftypes.Number):
		n := new(big.Float)
		_ = v.As(&n)
		if i, accuracy := n.Int64(); accuracy == big.Exact {
			return i
		}
		f, _ := n.Float64()
		return f
	case v.Type().Is(tftypes.Object{}), v.Type().Is(tftypes.Map{}):
		var inner map[string]tftypes.Value
		_ = v.As(&inner)
		out := map[string]any{}
		for key, value := range inner {
			out[key] = plain(value)
		}
		return out
	default:
		var inner []tftypes.Value
		_ = v.As(&inner)
		out := []any{}
		for _, value := range inner {
			out = append(out, plain(value))
		}
		return out
	}
}

// value builds a value of a type out of Go's own types. Attributes that are left out are null.
func (p *Protocol) value(typ tftypes.Type, v any) tftypes.Value {
	p.env.t.Helper()
	switch v := v.(type) {
	case nil:
		return tftypes.NewValue(typ, nil)
	case unknown:
		return tftypes.NewValue(typ, tftypes.UnknownValue)
	case tftypes.Value:
		return v
	case int:
		return tftypes.NewValue(typ, int64(v))
	case []any:
		var items []tftypes.Value
		for _, item := range v {
			items = append(items, p.value(elementType(typ), item))
		}
		return tftypes.NewValue(typ, items)
	case map[string]any:
		items := map[string]tftypes.Value{}
		object, ok := typ.(tftypes.Object)
		if !ok {
			for key, item := range v {
				items[key] = p.value(elementType(typ), item)
			}
			return tftypes.NewValue(typ, items)
		}
		for name, attribute := range object.AttributeTypes {
			items[name] = p.value(attribute, v[name])
		}
		for name := range v {
			if _, ok := object.AttributeTypes[name]; !ok {
				p.env.t.Fatalf("no attribute %q", name)
			}
		}
		return tftypes.NewValue(typ, items)
	default:
		return tftypes.NewValue(typ, v)
	}
}

func elementType(typ tftypes.Type) tftypes.Type {
	switch t := typ.(type) {
	case tftypes.List:
		return t.ElementType
	case tftypes.Set:
		return t.ElementType
	case tftypes.Map:
		return t.ElementType
	default:
		return tftypes.DynamicPseudoType
	}
}

func (p *Protocol) dynamic(typ tftypes.Type, attributes map[string]any) *tfprotov6.DynamicValue {
	p.env.t.Helper()
	return p.encode(typ, p.value(typ, attributes))
}

func (p *Protocol) encode(typ tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	p.env.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(typ, v)
	p.env.must(err)
	return &encoded
}

// decode is null where there is nothing to decode.
func (p *Protocol) decode(typ tftypes.Type, encoded *tfprotov6.DynamicValue) tftypes.Value {
	p.env.t.Helper()
	if encoded == nil {
		return tftypes.NewValue(typ, nil)
	}
	value, err := encoded.Unmarshal(typ)
	p.env.must(err)
	return value
}

// proposed is Terraform's first guess at a new state: the configuration, with prior values where a computed attribute is
// not configured.
func proposed(attributes []*tfprotov6.SchemaAttribute, prior, config tftypes.Value) tftypes.Value {
	if config.IsNull() || !config.IsKnown() || prior.IsNull() || !prior.IsKnown() {
		return config
	}
	var before, wanted map[string]tftypes.Value
	if prior.As(&before) != nil || config.As(&wanted) != nil {
		return config
	}
	out := map[string]tftypes.Value{}
	for _, a := range attributes {
		value := wanted[a.Name]
		switch {
		case a.Computed && value.IsNull():
			value = before[a.Name]
		case a.NestedType != nil && a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			value = proposed(a.NestedType.Attributes, before[a.Name], value)
		}
		out[a.Name] = value
	}
	return tftypes.NewValue(config.Type(), out)
}

// Resolved is the plan once an unknown attribute has turned out to be a text.
func (p Plan) Resolved(attribute, text string) Plan {
	var attributes map[string]tftypes.Value
	if err := p.Planned.As(&attributes); err != nil {
		panic("acctest: not an object: " + err.Error())
	}
	attributes[attribute] = tftypes.NewValue(tftypes.String, text)
	p.Planned = tftypes.NewValue(p.Planned.Type(), attributes)
	return p
}

// UnknownAttributes lists the attributes of a resource that are not known, by their names.
func UnknownAttributes(state tftypes.Value) []string {
	var attributes map[string]tftypes.Value
	if err := state.As(&attributes); err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(attributes)), func(name string) bool { return attributes[name].IsKnown() })
}
