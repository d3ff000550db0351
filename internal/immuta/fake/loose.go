package fake

import (
	"encoding/json"
	"strconv"
)

// object, textAt and the rest read decoded JSON whose shape was checked before:
// what is missing or null reads as the zero value.

type object = map[string]any

func objectAt(o object, key string) object {
	v, _ := o[key].(map[string]any)
	return v
}

func listAt(o object, key string) []any {
	v, _ := o[key].([]any)
	return v
}

func textAt(o object, key string) string {
	v, _ := o[key].(string)
	return v
}

func boolAt(o object, key string) bool {
	v, _ := o[key].(bool)
	return v
}

func intAt(o object, key string) int {
	v, _ := o[key].(float64)
	return int(v)
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

// plain turns any value into what decoding its JSON gives: a deep copy made of
// objects, lists, texts, float64s and booleans.
func plain[T any](value any) (T, error) {
	var out T
	raw, err := json.Marshal(value)
	if err != nil {
		return out, err
	}
	err = json.Unmarshal(raw, &out)
	return out, err
}

// copyOf is plain for what is known to be JSON already.
func copyOf(o object) object {
	out, err := plain[object](o)
	if err != nil {
		panic("fake: not JSON: " + err.Error())
	}
	return out
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
