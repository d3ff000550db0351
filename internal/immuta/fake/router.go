package fake

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A route says which requests are expected and what serves them. What a request carries beyond its route's query and body
// is refused before serve is called.
type route struct {
	method  string
	pattern string // "/dataSource/{id}/blob/{blobId*}": a last parameter with * takes the rest of the path
	query   parameters
	body    decoder                                     // nil: no body
	auth    func(*Tenant, *http.Request) (*user, error) // nil: an API key or a session token
	serve   service

	// feature is what the route belongs to, if a tenant may lack that.
	feature Feature

	// connections names what replaces the route on a tenant with connections; empty: it stays.
	connections string

	segments []string
}

// A service answers what a request asks for, or refuses it: see failure and answer.
type service func(*call) (any, error)

// get, del, post and put make routes that take nothing in their query. A nil shape is no body.
func get(pattern string, serve service) route { return newRoute(http.MethodGet, pattern, nil, serve) }
func del(pattern string, serve service) route {
	return newRoute(http.MethodDelete, pattern, nil, serve)
}

func post(pattern string, body shape, serve service) route {
	return newRoute(http.MethodPost, pattern, body, serve)
}

func put(pattern string, body shape, serve service) route {
	return newRoute(http.MethodPut, pattern, body, serve)
}

func newRoute(method, pattern string, body shape, serve service) route {
	r := route{method: method, pattern: pattern, serve: serve}
	if body != nil {
		r.body = jsonBody(body)
	}
	return r
}

// taking adds the parameters that a route takes in its query.
func (r route) taking(query parameters) route {
	r.query = query
	return r
}

// sent makes a route take another body than JSON.
func (r route) sent(body decoder) route {
	r.body = body
	return r
}

// replacedBy makes a tenant with connections refuse a route in favor of another call.
func (r route) replacedBy(call string) route {
	r.connections = call
	return r
}

// on serves what the path names: find looks it up, or refuses.
func on[E any](find func(*call) (E, error), serve func(*call, E) (any, error)) service {
	return func(c *call) (any, error) {
		found, err := find(c)
		if err != nil {
			return nil, err
		}
		return serve(c, found)
	}
}

func onSource(serve func(*call, *Source) (any, error)) service { return on((*call).source, serve) }

// onManaged is onSource for its owners and for governors.
func onManaged(serve func(*call, *Source) (any, error)) service {
	return on((*call).ownedSource, serve)
}

// The router matches escaped path segments, because a source's name may hold slashes and because http.ServeMux cleans
// paths.
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

// find returns the most literal route for a request, and its path parameters. When only other methods know the path, it
// returns those.
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

// moreLiteral says whether r has a literal where o, which matches the same path, first has a parameter:
// /dataSource/name/{name} before /dataSource/{id}/access.
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
