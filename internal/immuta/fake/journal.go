package fake

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Request is one line of the journal: what a client sent, and how it ended.
type Request struct {
	Time        time.Time // by the tenant's clock; also the answer's Date
	Method      string
	Path        string // decoded
	EscapedPath string // as sent
	RawQuery    string
	Query       url.Values
	Header      http.Header
	Body        []byte
	ProfileID   int    // of the caller; 0 when nobody was authenticated
	Status      int    // as sent to the client; 0 while under way, and when there was no answer
	Fault       string // the name of the fault that fired, if one did
}

// Decode decodes the request's body into out.
func (r Request) Decode(out any) error { return json.Unmarshal(r.Body, out) }

// JSON is the request's body as an object; nil when it has none. Numbers are float64s.
func (r Request) JSON() map[string]any {
	var body map[string]any
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return nil
	}
	return body
}

// Field is the value in the body at a path such as "handler.metadata.port", and whether it was sent at all.
func (r Request) Field(path string) (any, bool) {
	return valueAt(r.JSON(), path)
}

func valueAt(value any, path string) (any, bool) {
	for key := range strings.SplitSeq(path, ".") {
		inner, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = inner[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

// String is the request's method and decoded path, as in "GET /dataSource/100".
func (r Request) String() string { return r.Method + " " + r.Path }

// A Journal is the requests a tenant has seen, in the order they arrived.
type Journal []Request

// Filter keeps the requests that fit. The method "" or "*" is any; in the path, * stands for any part of one segment and a
// last segment ** for any number of segments: "/dataSource/*", "/*/handler/**". The empty path is any path.
func (j Journal) Filter(method, path string) Journal {
	var kept Journal
	for _, request := range j {
		if request.matches(method, path) {
			kept = append(kept, request)
		}
	}
	return kept
}

// Count is how many requests fit, see Filter.
func (j Journal) Count(method, path string) int { return len(j.Filter(method, path)) }

// Writes keeps the requests that are not GETs.
func (j Journal) Writes() Journal {
	var kept Journal
	for _, request := range j {
		if request.Method != http.MethodGet {
			kept = append(kept, request)
		}
	}
	return kept
}

// Lines lists the requests, one text each: "POST /snowflake/handler".
func (j Journal) Lines() []string {
	lines := make([]string, len(j))
	for i, request := range j {
		lines[i] = request.String()
	}
	return lines
}

// Journal is a copy of every request since the tenant began or ResetJournal.
func (t *Tenant) Journal() Journal {
	defer t.lock()()
	journal := make(Journal, len(t.entries))
	for i, entry := range t.entries {
		journal[i] = *entry
	}
	return journal
}

// ResetJournal empties the journal.
func (t *Tenant) ResetJournal() {
	defer t.lock()()
	t.entries = nil
}
