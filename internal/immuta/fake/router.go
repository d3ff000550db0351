package fake

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A route says which requests are expected and what serves them. What a request
// carries beyond its route's query and body is refused before serve is called.
type route struct {
	method  string
	pattern string // "/dataSource/{id}/blob/{blobId*}": a last parameter with * takes the rest of the path
	query   map[string]parameter
	body    decoder                                     // nil: no body
	auth    func(*Tenant, *http.Request) (*user, error) // nil: an API key or a session token
	serve   func(*call) (any, error)

	// feature is what the route belongs to, if a tenant may lack that.
	feature Feature

	// connections names what replaces the route on a tenant with connections; empty: it stays.
	connections string

	segments []string
}

// The router matches escaped path segments, because a source's name may hold
// slashes and because http.ServeMux cleans paths.
type router struct{ routes []route }

// add adds routes; one with the method and pattern of an earlier one replaces it.
func (rt *router) add(routes ...route) {
	for _, r := range routes {
		r.segments = strings.Split(strings.TrimPrefix(r.pattern, "/"), "/")
		same := func(o route) bool { return o.method == r.method && o.pattern == r.pattern }
		if i := slices.IndexFunc(rt.routes, same); i >= 0 {
			rt.routes[i] = r
			continue
		}
		rt.routes = append(rt.routes, r)
	}
}

// find returns the most literal route for a request, and its path parameters. When
// only other methods know the path, it returns those.
func (rt *router) find(method, escapedPath string) (found *route, parameters map[string]string, methods []string) {
	path, ok := segments(escapedPath)
	if !ok {
		return nil, nil, nil
	}
	for i := range rt.routes {
		r := &rt.routes[i]
		p, ok := r.match(path)
		if !ok {
			continue
		}
		if r.method != method {
			if !slices.Contains(methods, r.method) {
				methods = append(methods, r.method)
			}
			continue
		}
		if found == nil || r.moreLiteral(found) {
			found, parameters = r, p
		}
	}
	return found, parameters, methods
}

func (r *route) match(path []string) (map[string]string, bool) {
	var parameters map[string]string
	for i, segment := range r.segments {
		name, isParameter := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		rest, isRest := strings.CutSuffix(name, "*")
		if i >= len(path) || (isParameter && path[i] == "") || (!isParameter && path[i] != segment) {
			return nil, false
		}
		if !isParameter {
			continue
		}
		if parameters == nil {
			parameters = map[string]string{}
		}
		if isRest {
			parameters[rest] = strings.Join(path[i:], "/")
			return parameters, true
		}
		parameters[name] = path[i]
	}
	return parameters, len(path) == len(r.segments)
}

// moreLiteral says whether r has a literal where o, which matches the same path,
// first has a parameter: /dataSource/name/{name} before /dataSource/{id}/access.
func (r *route) moreLiteral(o *route) bool {
	for i := range min(len(r.segments), len(o.segments)) {
		mine, theirs := strings.HasPrefix(r.segments[i], "{"), strings.HasPrefix(o.segments[i], "{")
		if mine != theirs {
			return theirs
		}
	}
	return len(r.segments) > len(o.segments)
}

// segments splits an escaped path at its slashes and then unescapes each part.
func segments(escapedPath string) ([]string, bool) {
	parts := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	for i, part := range parts {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		parts[i] = plain
	}
	return parts, true
}
