package fake

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const jsonMedia = "application/json; charset=utf-8"

// An answer is what goes back to the client when no fault gets in its way. A service returns one for what is not JSON.
type answer struct {
	status int // 0 in a service's: 200
	header http.Header
	body   []byte
}

func plainAnswer(contentType string, body []byte) answer {
	return answer{header: http.Header{"Content-Type": {contentType}}, body: body}
}

func (a answer) write(w http.ResponseWriter) {
	for key, values := range a.header {
		w.Header()[key] = values
	}
	w.WriteHeader(a.status)
	// The client may be gone; there is nobody left to tell.
	_, _ = w.Write(a.body)
}

// ServeHTTP serves one request: it moves the clock, runs the jobs that are due, writes the journal, turns away what comes
// too fast, runs the hooks, and answers or fails as the faults say.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // The client did not send the whole request: it never happened.
	}
	entry := t.arrive(r, body)
	w.Header().Set("Date", entry.Time.Format(http.TimeFormat))
	if reply, refused := t.limitRate(entry); refused {
		t.delay(r)
		reply.write(w)
		return
	}
	t.runHooks(Before, entry)

	var reply answer
	fault := t.nextFault(entry)
	if fault == nil || fault.takesEffect() {
		reply = t.answer(r, entry)
		t.runHooks(After, entry)
	}
	if fault != nil && fault.As != "" {
		reply = t.answerAs(r, entry, fault.As)
	}
	t.delay(r)
	if fault == nil {
		reply.write(w)
		return
	}
	t.note(entry, fault, reply)
	t.misbehave(w, r, fault, reply)
}

// delay waits as long as WithLatency says, unless the client goes away or the tenant is closed.
func (t *Tenant) delay(r *http.Request) {
	unlock := t.lock()
	latency := t.settings.latency
	unlock()
	if latency <= 0 {
		return
	}
	select {
	case <-time.After(latency):
	case <-r.Context().Done():
	case <-t.closed:
	}
}

// arrive takes a request in: time passes, due jobs run, the journal gets a line.
func (t *Tenant) arrive(r *http.Request, body []byte) *Request {
	defer t.lock()()
	t.clock.advance(time.Millisecond)
	t.runDueJobs()
	entry := &Request{
		Time:        t.clock.now,
		Method:      r.Method,
		Path:        r.URL.Path,
		EscapedPath: r.URL.EscapedPath(),
		RawQuery:    r.URL.RawQuery,
		Query:       r.URL.Query(),
		Header:      r.Header.Clone(),
		Body:        body,
	}
	t.entries = append(t.entries, entry)
	t.remember(entry)
	return entry
}

// answer serves a request and notes in the journal how it ended.
func (t *Tenant) answer(r *http.Request, entry *Request) answer {
	defer t.lock()()
	value, err := t.dispatch(r, entry)
	reply := t.encode(value, err)
	entry.Status = reply.status
	return reply
}

// answerAs answers a request as if it had asked for another path, without a write.
func (t *Tenant) answerAs(r *http.Request, entry *Request, escapedPath string) answer {
	other := *entry
	other.Method, other.EscapedPath, other.Body = http.MethodGet, escapedPath, nil
	other.Path = escapedPath
	if plain, err := url.PathUnescape(escapedPath); err == nil {
		other.Path = plain
	}
	reply := t.answer(r, &other)
	defer t.lock()()
	entry.ProfileID = other.ProfileID
	return reply
}

func (t *Tenant) encode(value any, err error) answer {
	if refusal := (*failure)(nil); errors.As(err, &refusal) {
		reply := plainAnswer(jsonMedia, refusal.body())
		reply.status = refusal.status
		return reply
	}
	if err != nil {
		panic("fake: " + err.Error())
	}
	reply, done := value.(answer)
	if !done {
		if t.settings.numericStrings {
			value = numbersAsTexts(plain[any](value))
		}
		reply = plainAnswer(jsonMedia, encode(value))
	}
	reply.status = cmp.Or(reply.status, http.StatusOK)
	return reply
}

// dispatch finds the route, and lets nothing through to it that it does not expect.
func (t *Tenant) dispatch(r *http.Request, entry *Request) (any, error) {
	found, parameters, methods := t.router.find(entry.Method, entry.EscapedPath)
	if found == nil && len(methods) > 0 {
		slices.Sort(methods)
		return nil, fail(http.StatusMethodNotAllowed, "%s is not allowed on %s, only %s.", entry.Method, entry.Path, strings.Join(methods, ", "))
	}
	if found != nil && t.settings.without[found.feature] {
		return nil, notFound("Not Found")
	}
	if found == nil {
		return nil, notFound("There is no route %s %s.", entry.Method, entry.Path)
	}
	authenticate := found.auth
	if authenticate == nil {
		authenticate = (*Tenant).authenticate
	}
	caller, err := authenticate(t, r)
	if err != nil {
		return nil, err
	}
	if caller != nil {
		entry.ProfileID = caller.profileID
	}
	if t.settings.connections && found.connections != "" {
		return nil, replacedByConnections(found.connections)
	}
	if err := refuse(found.query.problems("query parameter", entry.Query)...); err != nil {
		return nil, err
	}
	decode := found.body
	if decode == nil {
		decode = noBody
	}
	body, err := decode(r.Header, entry.Body)
	if err != nil {
		return nil, err
	}
	return found.serve(&call{t: t, caller: caller, base: baseURL(r), path: parameters, query: entry.Query, body: body})
}

func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
