package fake

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// object, textAt and the rest read decoded JSON whose shape was checked before: what is missing or null reads as the zero
// value.

type object = map[string]any

func objectAt(o object, key string) object { return at[object](o, key) }
func listAt(o object, key string) []any    { return at[[]any](o, key) }
func textAt(o object, key string) string   { return at[string](o, key) }
func boolAt(o object, key string) bool     { return at[bool](o, key) }
func intAt(o object, key string) int       { return int(at[float64](o, key)) }

func at[T any](o object, key string) T {
	v, _ := o[key].(T)
	return v
}

func intsAt(o object, key string) []int {
	var ids []int
	for _, v := range listAt(o, key) {
		if n, ok := v.(float64); ok {
			ids = append(ids, int(n))
		}
	}
	return ids
}

func objectsAt(o object, key string) []object {
	var objects []object
	for _, v := range listAt(o, key) {
		if inner, ok := v.(map[string]any); ok {
			objects = append(objects, inner)
		}
	}
	return objects
}

// isEmpty says whether a key is missing or says nothing.
func isEmpty(o object, key string) bool {
	switch v := o[key].(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	default:
		return false
	}
}

// plain turns any value into what decoding its JSON gives: a deep copy made of objects, lists, texts, float64s and
// booleans.
func plain[T any](value any) T {
	var out T
	if err := json.Unmarshal(encode(value), &out); err != nil {
		panic("fake: not what was checked: " + err.Error())
	}
	return out
}

// encode is JSON of what is known to have some.
func encode(value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		panic("fake: not JSON: " + err.Error())
	}
	return raw
}

// orEmpty is a list that is not null.
func orEmpty[E any](list []E) []E {
	if list == nil {
		return []E{}
	}
	return list
}

// rowsOf is how each of some things is answered.
func rowsOf[E, R any](all []E, row func(E) R) []R {
	rows := []R{}
	for _, e := range all {
		rows = append(rows, row(e))
	}
	return rows
}

// numbersAsTexts turns every number in decoded JSON into a string.
func numbersAsTexts(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = numbersAsTexts(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = numbersAsTexts(inner)
		}
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return value
}

// must is what a test names; it panics when there is none.
func must[E any](named *E, format string, args ...any) *E {
	if named == nil {
		panic("fake: there is no " + fmt.Sprintf(format, args...))
	}
	return named
}
