package fake

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// A shape says what a request body may look like. It returns what is wrong with a
// value; null is right everywhere.
type shape func(path string, value any) []string

func anything(string, any) []string { return nil }

func text(path string, value any) []string {
	_, ok := value.(string)
	return mustBe(ok, path, value, "a string")
}

func boolean(path string, value any) []string {
	_, ok := value.(bool)
	return mustBe(ok, path, value, "a boolean")
}

func integer(path string, value any) []string {
	n, ok := value.(float64)
	return mustBe(ok && n == math.Trunc(n), path, value, "an integer")
}

// moment is a point in time, with or without fractions of a second.
func moment(path string, value any) []string {
	written, ok := value.(string)
	if ok && written != "" {
		_, err := time.Parse(time.RFC3339, written)
		ok = err == nil
	}
	return mustBe(ok, path, value, "an ISO 8601 date")
}

func list(element shape) shape {
	return func(path string, value any) (problems []string) {
		values, ok := value.([]any)
		for i, v := range values {
			problems = append(problems, element(fmt.Sprintf("%s[%d]", path, i), v)...)
		}
		return append(problems, mustBe(ok, path, value, "an array")...)
	}
}

func oneOrMany(element shape) shape {
	return func(path string, value any) []string {
		if _, ok := value.([]any); ok {
			return list(element)(path, value)
		}
		return element(path, value)
	}
}

// keys is an object with these keys and no others.
type keys map[string]shape

func (k keys) shape(path string, value any) (problems []string) {
	object, ok := value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		name := key
		if path != "" {
			name = path + "." + key
		}
		inner, expected := k[key]
		if !expected {
			problems = append(problems, fmt.Sprintf("%q is not allowed", name))
			continue
		}
		problems = append(problems, inner(name, object[key])...)
	}
	if path == "" {
		path = "value"
	}
	return append(problems, mustBe(ok, path, value, "an object")...)
}

func mustBe(ok bool, path string, value any, what string) []string {
	if ok || value == nil {
		return nil
	}
	return []string{fmt.Sprintf("%q must be %s", path, what)}
}

// A parameter is what a query parameter may hold.
type parameter int

const (
	textParameter parameter = iota
	booleanParameter
	integerParameter
	textsParameter    // may be repeated
	integersParameter // may be repeated
)

func (p parameter) problems(name string, values []string) (problems []string) {
	repeatable := p == textsParameter || p == integersParameter
	if len(values) > 1 && !repeatable {
		problems = append(problems, fmt.Sprintf("%q must be given once", name))
	}
	for _, value := range values {
		switch p {
		case booleanParameter:
			if value != "true" && value != "false" {
				problems = append(problems, fmt.Sprintf("%q must be a boolean", name))
			}
		case integerParameter, integersParameter:
			if _, err := strconv.Atoi(value); err != nil {
				problems = append(problems, fmt.Sprintf("%q must be a number", name))
			}
		case textParameter, textsParameter:
		}
	}
	return problems
}

func queryProblems(allowed map[string]parameter, query url.Values) (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		p, expected := allowed[name]
		if !expected {
			problems = append(problems, fmt.Sprintf("query parameter %q is not allowed", name))
			continue
		}
		problems = append(problems, p.problems(name, query[name])...)
	}
	return problems
}
