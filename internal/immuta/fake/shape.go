package fake

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A shape says what a value in a request's body may look like. It returns what is wrong with a value; null is right
// everywhere.
type shape interface {
	problems(path string, value any) []string
}

// A check is the shape of a plain value.
type check struct {
	what string // "a string"
	fits func(any) bool
}

func (c check) problems(path string, value any) []string {
	if value == nil || c.fits(value) {
		return nil
	}
	return []string{fmt.Sprintf("%q must be %s", path, c.what)}
}

var (
	anything = check{"anything", is[any]}
	text     = check{"a string", is[string]}
	boolean  = check{"a boolean", is[bool]}
	integer  = check{"an integer", func(value any) bool {
		n, ok := value.(float64)
		return ok && n == math.Trunc(n)
	}}
	// moment is a point in time, with or without fractions of a second.
	moment = check{"an ISO 8601 date", func(value any) bool {
		written, ok := value.(string)
		_, err := time.Parse(time.RFC3339, written)
		return ok && (written == "" || err == nil)
	}}
	base64Text = check{"a base64 text", func(value any) bool {
		content, ok := value.(string)
		_, err := base64.StdEncoding.DecodeString(content)
		return ok && err == nil
	}}
)

func is[T any](value any) bool {
	_, ok := value.(T)
	return ok
}

// oneOf is a text that is one of these.
func oneOf(words ...string) check {
	return check{"one of " + strings.Join(words, ", "), func(value any) bool {
		word, ok := value.(string)
		return ok && slices.Contains(words, word)
	}}
}

// A list is an array of elements of one shape.
type list struct{ of shape }

func (l list) problems(path string, value any) (problems []string) {
	values, ok := value.([]any)
	for i, v := range values {
		problems = append(problems, l.of.problems(fmt.Sprintf("%s[%d]", path, i), v)...)
	}
	return append(problems, check{"an array", func(any) bool { return ok }}.problems(path, value)...)
}

// oneOrMany is an element, or an array of them.
type oneOrMany struct{ of shape }

func (o oneOrMany) problems(path string, value any) []string {
	if is[[]any](value) {
		return list(o).problems(path, value)
	}
	return o.of.problems(path, value)
}

// required marks a key whose value must be there and say something, see isEmpty.
type required struct{ shape }

// keys is an object with these keys and no others.
type keys map[string]shape

func (k keys) problems(path string, value any) (problems []string) {
	if value == nil && path != "" {
		return nil
	}
	prefix := path
	if path != "" {
		prefix += "."
	}
	object, ok := value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		inner, expected := k[key]
		if !expected {
			problems = append(problems, fmt.Sprintf("%q is not allowed", prefix+key))
			continue
		}
		problems = append(problems, inner.problems(prefix+key, object[key])...)
	}
	if !ok && value != nil {
		return []string{fmt.Sprintf("%q must be an object", cmp.Or(path, "value"))}
	}
	for _, key := range slices.Sorted(maps.Keys(k)) {
		if is[required](k[key]) && isEmpty(object, key) {
			problems = append(problems, missing(prefix+key))
		}
	}
	return problems
}

func missing(path string) string { return fmt.Sprintf("%q is required", path) }

// parameters are what a route takes in its query.
type parameters map[string]parameter

// A parameter says what the values of a query parameter may be.
type parameter struct {
	what    string            // "a number"
	fits    func(string) bool // nil: any text
	repeats bool
}

var (
	asText   = parameter{}
	asFlag   = parameter{what: "a boolean", fits: func(value string) bool { return value == "true" || value == "false" }}
	asNumber = parameter{what: "a number", fits: func(value string) bool {
		_, err := strconv.Atoi(value)
		return err == nil
	}}
	asTexts   = asText.repeated()
	asNumbers = asNumber.repeated()
)

// asWord is one of some words.
func asWord(words ...string) parameter {
	return parameter{what: "one of " + strings.Join(words, ", "), fits: func(value string) bool { return slices.Contains(words, value) }}
}

// repeated is a parameter that may be given more than once.
func (p parameter) repeated() parameter {
	p.repeats = true
	return p
}

// problems says what is wrong with values, each of which is called what: a "query parameter".
func (allowed parameters) problems(what string, values url.Values) (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p, expected := allowed[name]
		if !expected {
			problems = append(problems, fmt.Sprintf("%s %q is not allowed", what, name))
			continue
		}
		if len(values[name]) > 1 && !p.repeats {
			problems = append(problems, fmt.Sprintf("%q must be given once", name))
		}
		for _, value := range values[name] {
			if p.fits != nil && !p.fits(value) {
				problems = append(problems, fmt.Sprintf("%q must be %s", name, p.what))
			}
		}
	}
	return problems
}
