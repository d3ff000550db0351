package fake

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// When says whether a fault or a hook comes before or after a request takes effect.
type When int

// Before is before the request takes effect, so that it never does; After is when
// it has taken effect and only its answer is lost.
const (
	Before When = iota
	After
)

// Always as a Fault's Times makes it fire until ClearFaults.
const Always = -1

// A Fault is something that goes wrong with requests that match. What goes wrong
// is the first of these that is set: Hang, Reset, Truncate, HTML, and otherwise an
// answer with Status and Body.
type Fault struct {
	Name string // shown in the journal; by default what goes wrong

	Method string // "" or "*": any
	Path   string // as in Journal.Filter; "": any
	Skip   int    // let so many matching requests pass first
	Times  int    // how often it fires; 0 means once, Always without end
	When   When   // Before, the default, or After

	Status     int         // 0 means 503; with Truncate or HTML 200
	Message    string      // of the JSON error body; by default the status's text
	Body       string      // instead of the JSON error body
	RetryAfter string      // seconds or an HTTP date
	Header     http.Header // further headers, such as Location

	Hang     bool // never answers: returns when the client goes away or the tenant is closed
	Reset    bool // breaks the connection
	Truncate bool // half of the answer under its full length; of the real answer, thus always After, unless Body is set
	HTML     bool // a login page in place of the answer
}

// A rule is a fault in use.
type rule struct {
	Fault
	skip, left int
}

// Fault adds a fault. Of several that match a request, the one added first fires.
func (t *Tenant) Fault(f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f.Name = cmp.Or(f.Name, f.effect())
	t.faults = append(t.faults, &rule{Fault: f, skip: f.Skip, left: cmp.Or(f.Times, 1)})
}

// ClearFaults removes every fault.
func (t *Tenant) ClearFaults() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = nil
}

// PendingFaults is the faults that have not fired as often as they should, without
// those that fire Always; so a test can tell that its fault was met.
func (t *Tenant) PendingFaults() []Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	var pending []Fault
	for _, r := range t.faults {
		if r.left > 0 {
			pending = append(pending, r.Fault)
		}
	}
	return pending
}

// nextFault is the fault that this request meets, if any.
func (t *Tenant) nextFault(entry *Request) *Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.faults {
		if r.left == 0 || !entry.matches(r.Method, r.Path) {
			continue
		}
		if r.skip > 0 {
			r.skip--
			continue
		}
		if r.left > 0 {
			r.left--
		}
		fault := r.Fault
		return &fault
	}
	return nil
}

// note writes a fault and what the client saw of it into the journal.
func (t *Tenant) note(entry *Request, f *Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	entry.Fault, entry.Status = f.Name, f.status()
	if f.Hang || f.Reset {
		entry.Status = 0
	}
}

// takesEffect says whether the request is served before the fault strikes.
func (f *Fault) takesEffect() bool {
	needsAnswer := f.Truncate && f.Body == "" && !f.Hang && !f.Reset
	return f.When == After || needsAnswer
}

func (f *Fault) effect() string {
	switch {
	case f.Hang:
		return "hang"
	case f.Reset:
		return "reset"
	case f.Truncate:
		return "truncate"
	case f.HTML:
		return "html"
	default:
		return strconv.Itoa(f.status())
	}
}

func (f *Fault) status() int {
	if f.Status == 0 && (f.Truncate || f.HTML) {
		return http.StatusOK
	}
	return cmp.Or(f.Status, http.StatusServiceUnavailable)
}

// misbehave does to the client what the fault says; reply is the real answer, if there is one.
func (t *Tenant) misbehave(w http.ResponseWriter, r *http.Request, f *Fault, reply answer) {
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-t.closed:
		}
		panic(http.ErrAbortHandler)
	case f.Reset:
		reset(w)
		return
	case f.Truncate && f.Body == "":
	case f.HTML:
		reply = answer{body: []byte(loginPage), header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}}
	case f.Body != "":
		reply = jsonAnswer(0, []byte(f.Body))
	default:
		refusal := failure{status: f.status(), message: cmp.Or(f.Message, http.StatusText(f.status()))}
		reply = jsonAnswer(0, refusal.body())
	}
	reply.status = f.status()
	if f.RetryAfter != "" {
		reply.header.Set("Retry-After", f.RetryAfter)
	}
	for key, values := range f.Header {
		reply.header[http.CanonicalHeaderKey(key)] = values
	}
	if f.Truncate {
		reply.header.Set("Content-Length", strconv.Itoa(len(reply.body)))
		reply.body = reply.body[:len(reply.body)/2]
	}
	reply.write(w)
}

// reset drops the connection so that the client sees it reset. Where the
// connection cannot be had (HTTP/2, a recorder), aborting the handler is the nearest thing.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	under := conn
	if secured, ok := conn.(interface{ NetConn() net.Conn }); ok {
		under = secured.NetConn()
	}
	if tcp, ok := under.(*net.TCPConn); ok {
		// Without lingering, closing sends a reset instead of an orderly end.
		_ = tcp.SetLinger(0)
	}
	_ = under.Close()
}

const loginPage = `<!DOCTYPE html>
<html><head><title>Sign in</title></head><body><form action="/login" method="post">Sign in to continue.</form></body></html>
`

// String describes the fault for a test's failure message.
func (f Fault) String() string {
	return fmt.Sprintf("fault %s on %s %s", f.Name, cmp.Or(f.Method, "*"), cmp.Or(f.Path, "**"))
}
