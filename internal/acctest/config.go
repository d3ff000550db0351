package acctest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Config is a resource's configuration in Go's own values. It goes both ways into the provider: [Config.HCL] writes it for a
// real Terraform, and [Protocol] takes it as it is.
type Config map[string]any

// Expression is an attribute's value as HCL, such as local.server. [Protocol] does not know it.
type Expression string

// With returns a copy in which one attribute has another value. The path is dotted: "server.port", "columns.0.name".
func (c Config) With(at string, value any) Config {
	changed, ok := with(map[string]any(c), strings.Split(at, "."), value).(map[string]any)
	if !ok {
		panic("acctest: not a configuration: " + at)
	}
	return changed
}

// Merge returns a copy with further attributes.
func (c Config) Merge(more Config) Config {
	merged := maps.Clone(c)
	maps.Copy(merged, more)
	return merged
}

// Without returns a copy that lacks attributes.
func (c Config) Without(paths ...string) Config {
	for _, at := range paths {
		c = c.With(at, nil)
	}
	return c
}

// Get is the value of an attribute; nil when it is not configured.
func (c Config) Get(at string) any {
	var value any = map[string]any(c)
	for step := range strings.SplitSeq(at, ".") {
		value = child(value, step)
	}
	return value
}

func with(in any, at []string, value any) any {
	if len(at) == 0 {
		return value
	}
	if list, ok := in.([]any); ok {
		i, err := strconv.Atoi(at[0])
		if err != nil {
			panic("acctest: not an index: " + at[0])
		}
		list = slices.Clone(list)
		list[i] = with(list[i], at[1:], value)
		return list
	}
	object, _ := in.(map[string]any)
	if object = maps.Clone(object); object == nil {
		if value == nil {
			return nil
		}
		object = map[string]any{}
	}
	inner := with(object[at[0]], at[1:], value)
	if inner == nil {
		delete(object, at[0])
	} else {
		object[at[0]] = inner
	}
	return object
}

// HCL writes the configuration as a resource block.
func (c Config) HCL(typeName, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "resource %q %q {\n", typeName, name)
	for _, key := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&b, "  %s = %s\n", key, HCL(c[key]))
	}
	b.WriteString("}\n")
	return b.String()
}

// HCL writes one value on one line.
func HCL(value any) string {
	switch v := value.(type) {
	case Expression:
		return string(v)
	case string:
		return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(v))
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = HCL(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		items := make([]string, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			items = append(items, key+" = "+HCL(v[key]))
		}
		return "{ " + strings.Join(items, ", ") + " }"
	default:
		return fmt.Sprint(v)
	}
}
