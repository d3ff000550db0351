package fake

import "strings"

// matches says whether a request fits a method ("" or "*": any) and a path pattern. In a pattern * stands for any part of
// one path segment, and ** as the last segment for any number of segments; the empty pattern fits every path.
func (r *Request) matches(method, pattern string) bool {
	if method != "" && method != "*" && !strings.EqualFold(method, r.Method) {
		return false
	}
	if pattern == "" {
		return true
	}
	path, ok := segments(r.EscapedPath)
	if !ok {
		return false
	}
	parts := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	for i, part := range parts {
		if part == "**" {
			return true
		}
		if i >= len(path) || !wildcard(part, path[i]) {
			return false
		}
	}
	return len(parts) == len(path)
}

// wildcard matches a text against a pattern in which * stands for any text.
func wildcard(pattern, value string) bool {
	head, rest, found := strings.Cut(pattern, "*")
	value, ok := strings.CutPrefix(value, head)
	if !found {
		return ok && value == ""
	}
	for ok {
		if wildcard(rest, value) {
			return true
		}
		if value == "" {
			return false
		}
		value = value[1:]
	}
	return false
}
