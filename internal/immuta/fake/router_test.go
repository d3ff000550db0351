package fake

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRouter(t *testing.T) {
	t.Parallel()
	var rt router
	for _, pattern := range []string{
		"/things", "/things/{id}", "/things/{id}/access", "/things/name/{name}", "/things/{id}/blob/{blobId*}", "/things/columns",
	} {
		rt.add(route{method: http.MethodGet, pattern: pattern})
	}
	rt.add(route{method: http.MethodPut, pattern: "/things/{id}"}, route{method: http.MethodDelete, pattern: "/things/{id}"})
	rt.add(route{method: http.MethodGet, pattern: "/things", connections: "the later one"})

	type parameters = map[string]string
	for path, want := range map[string]struct {
		pattern    string
		parameters parameters
	}{
		"/things":                   {"/things", nil},
		"/things/7":                 {"/things/{id}", parameters{"id": "7"}},
		"/things/columns":           {"/things/columns", nil},
		"/things/7/access":          {"/things/{id}/access", parameters{"id": "7"}},
		"/things/name/access":       {"/things/name/{name}", parameters{"name": "access"}},
		"/things/name/a%2Fb":        {"/things/name/{name}", parameters{"name": "a/b"}},
		"/things/7/blob/a/b%20c//d": {"/things/{id}/blob/{blobId*}", parameters{"id": "7", "blobId": "a/b c//d"}},
		"/things/7/blob":            {},
		"/things/7/blob/":           {},
		"/things/":                  {},
		"/things/name/a/b":          {},
		"/things/%zz":               {},
		"/":                         {},
	} {
		found, got, _ := rt.find(http.MethodGet, path)
		if pattern := patternOf(found); pattern != want.pattern || !cmp.Equal(got, want.parameters) {
			t.Errorf("%s is %q with %v, want %q with %v", path, pattern, got, want.pattern, want.parameters)
		}
	}
	if found, _, _ := rt.find(http.MethodGet, "/things"); found.connections != "the later one" {
		t.Error("a route was not replaced")
	}
	found, _, methods := rt.find(http.MethodPost, "/things/7")
	if found != nil || !cmp.Equal(methods, []string{"GET", "PUT", "DELETE"}) {
		t.Errorf("POST is %q, the other methods are %q", patternOf(found), methods)
	}
}

func patternOf(r *route) string {
	if r == nil {
		return ""
	}
	return r.pattern
}

func TestWildcard(t *testing.T) {
	t.Parallel()
	for pattern, values := range map[string]map[string]bool{
		"":      {"": true, "a": false},
		"*":     {"": true, "a/b": true},
		"a*":    {"a": true, "abc": true, "ba": false},
		"*a":    {"a": true, "bca": true, "ab": false},
		"a*b*c": {"abc": true, "a-b-c": true, "abcb": false, "ac": false},
		"é*":    {"éa": true, "e": false},
	} {
		for value, want := range values {
			if got := wildcard(pattern, value); got != want {
				t.Errorf("%q against %q: %t", value, pattern, got)
			}
		}
	}
}
