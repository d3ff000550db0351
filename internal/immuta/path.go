package immuta

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/go-querystring/query"
)

// UnsafePathError is a name that would be a step in a path: "." or "..", by itself or between slashes. Escaped or not, what
// stands between could take it for one, and the request would reach something else. It is never sent.
type UnsafePathError struct{ Name string }

func (e *UnsafePathError) Error() string {
	return fmt.Sprintf(`%q holds "." or ".." between slashes, which servers and gateways take for a step in the path: `+
		"such a request is never sent", e.Name)
}

// CheckName returns an [UnsafePathError] for a name that cannot be sent as a part of a path.
func CheckName(name string) error {
	for _, part := range strings.FieldsFunc(unescaped(name), func(r rune) bool { return r == '/' || r == '\\' }) {
		// Some servers take what follows a semicolon for parameters of the step.
		if step, _, _ := strings.Cut(part, ";"); step == "." || step == ".." {
			return &UnsafePathError{Name: name}
		}
	}
	return nil
}

// unescaped undoes percent-encoding of what could make a step, however often it was done: each hop between here and Immuta
// may undo it once, and not every one minds what else is in the text.
func unescaped(text string) string {
	for {
		plain := stepEscapes.Replace(text)
		if plain == text {
			return text
		}
		text = plain
	}
}

var stepEscapes = strings.NewReplacer(
	"%2e", ".", "%2E", ".", "%2f", "/", "%2F", "/", "%5c", "\\", "%5C", "\\", "%3b", ";", "%3B", ";", "%25", "%",
)

// checkPath is [CheckName] for a whole path, of which every segment is escaped already.
func checkPath(path string) error {
	for segment := range strings.SplitSeq(path, "/") {
		if CheckName(segment) == nil {
			continue
		}
		if name, err := url.PathUnescape(segment); err == nil {
			segment = name
		}
		return &UnsafePathError{Name: segment}
	}
	return nil
}

// escapeSegments escapes a text of which the slashes are part of the path.
func escapeSegments(text string, escapeSegment func(string) string) string {
	segments := strings.Split(text, "/")
	for i, segment := range segments {
		segments[i] = escapeSegment(segment)
	}
	return strings.Join(segments, "/")
}

// IsReservedHeader tells whether a header is the client's own to set. The idempotency keys make Go's transport repeat every
// request that broke off, a DELETE too.
func IsReservedHeader(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "authorization", "host", "idempotency-key", "x-idempotency-key":
		return true
	}
	return strings.HasPrefix(name, "content-")
}

// queryOf is the query that the tags of a struct make of it. What is empty or nil is left out: it was not asked for. A key is
// repeated for each value of a list, because lists separated by commas are not known to work.
func queryOf(search any) url.Values {
	values, err := query.Values(search)
	if err != nil {
		panic(fmt.Sprintf("query of %T: %v", search, err)) // Only what is not a struct is refused.
	}
	return values
}

// paged adds the part of a list that is wanted.
func paged(query url.Values, offset, size int) url.Values {
	query.Set("offset", strconv.Itoa(offset))
	query.Set("size", strconv.Itoa(size))
	return query
}
