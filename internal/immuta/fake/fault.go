package fake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// When says whether a fault or a hook comes before or after a request takes effect.
type When int

// Before is before the request takes effect, so that it never does; After is when it has taken effect and only its answer
// is lost.
const (
	Before When = iota
	After
)

// Always as a Fault's Times makes it fire until ClearFaults.
const Always = -1

// A Fault is something that goes wrong with requests that match. What goes wrong is the first of these that is set: Hang,
// Reset, the tenant's own answer altered by As, Duplicate and Truncate, which go together, HTML, Empty, Body, Echo, and
// otherwise a refusal with Status and Message.
type Fault struct {
	Name string // shown in the journal; by default what goes wrong

	Method string // "" or "*": any
	Path   string // as in Journal.Filter; "": any
	Skip   int    // let so many matching requests pass first
	Times  int    // how often it fires; 0 means once, Always without end
	When   When   // Before, the default, or After

	Status     int         // 0 means 503; with Truncate or HTML 200, with Echo 400, with As or Duplicate the answer's own
	Message    string      // of the JSON error body; by default the status's text
	Body       string      // instead of the JSON error body
	RetryAfter string      // seconds or an HTTP date
	Header     http.Header // further headers, such as Location

	Hang     bool // never answers: returns when the client goes away or the tenant is closed
	Reset    bool // breaks the connection
	Truncate bool // half of the answer under its full length; of the real answer, thus always After, unless Body is set
	HTML     bool // a login page in place of the answer
	Empty    bool // no body at all

	// Duplicate sends the real answer, thus always After unless As is set, with every element of every array in it there
	// twice, one after the other. Counts stay as they are.
	Duplicate bool

	// As sends the answer of another object: what a GET of this escaped path, such as "/dataSource/101", would get, with the
	// query of the request itself. Whatever the request's method is, nothing is written to that object. The request itself
	// takes no effect, unless When is After: then a write took effect, and its answer is about another object.
	As string

	// Echo makes the refusal quote secrets in this form, each in a line after Message: see Echo. It is of no use with a Status
	// that is not an error.
	Echo *Echo

	left int // how often it is still to fire; Always without end
}

// Fault adds a fault. Of several that match a request, the one added first fires.
func (t *Tenant) Fault(f Fault) {
	defer t.lock()()
	name, _ := f.effect()
	f.Name, f.left = cmp.Or(f.Name, name), cmp.Or(f.Times, 1)
	t.faults = append(t.faults, &f)
}

// ClearFaults removes every fault.
func (t *Tenant) ClearFaults() {
	defer t.lock()()
	t.faults = nil
}

// PendingFaults is the faults that have not fired as often as they should, without those that fire Always; so a test can
// tell that its fault was met.
func (t *Tenant) PendingFaults() []Fault {
	defer t.lock()()
	return copies(t.faults, func(f *Fault) bool { return f.left > 0 })
}

// nextFault is the fault that this request meets, if any.
func (t *Tenant) nextFault(entry *Request) *Fault {
	defer t.lock()()
	for _, f := range t.faults {
		if f.left == 0 || !entry.matches(f.Method, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.left > 0 {
			f.left--
		}
		fired := *f
		return &fired
	}
	return nil
}

// note writes a fault and what the client saw of it into the journal.
func (t *Tenant) note(entry *Request, f *Fault, reply answer) {
	defer t.lock()()
	_, status := f.effect()
	entry.Fault, entry.Status = f.Name, cmp.Or(status, reply.status)
	if f.Hang || f.Reset {
		entry.Status = 0
	}
}

// takesEffect says whether the request is served before the fault strikes.
func (f *Fault) takesEffect() bool {
	needsAnswer := f.altersAnswer() && f.As == "" && !f.Hang && !f.Reset
	return f.When == After || needsAnswer
}

// altersAnswer says whether the client gets an answer of the tenant's own, in some form.
func (f *Fault) altersAnswer() bool {
	return f.As != "" || f.Duplicate || (f.Truncate && f.Body == "")
}

// effect is what goes wrong and the status it has; 0 is that of the tenant's own answer.
func (f *Fault) effect() (name string, status int) {
	switch {
	case f.Hang:
		name = "hang"
	case f.Reset:
		name = "reset"
	case f.As != "":
		name = "as " + f.As
	case f.Duplicate:
		name = "duplicate"
	case f.Truncate:
		name, status = "truncate", http.StatusOK
	case f.HTML:
		name, status = "html", http.StatusOK
	case f.Empty:
		name, status = "empty", http.StatusServiceUnavailable
	case f.Body == "" && f.Echo != nil:
		name, status = "echo: "+f.Echo.Name, http.StatusBadRequest
	default:
		status = http.StatusServiceUnavailable
	}
	status = cmp.Or(f.Status, status)
	return cmp.Or(name, strconv.Itoa(status)), status
}

// misbehave does to the client what the fault says; reply is the real answer, if there is one.
func (t *Tenant) misbehave(w http.ResponseWriter, r *http.Request, f *Fault, reply answer) {
	_, status := f.effect()
	status = cmp.Or(status, reply.status)
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
	case f.altersAnswer():
		if f.Duplicate {
			reply.body = duplicated(reply.body)
		}
	case f.HTML:
		reply = plainAnswer("text/html; charset=utf-8", []byte(loginPage))
	case f.Empty:
		reply = answer{header: http.Header{}}
	case f.Body != "":
		reply = plainAnswer(jsonMedia, []byte(f.Body))
	default:
		refusal := failure{status: status, message: cmp.Or(f.Message, http.StatusText(status))}
		if f.Echo != nil {
			refusal.message = t.echo(*f.Echo, f.Message)
		}
		reply = plainAnswer(jsonMedia, refusal.body())
	}
	reply.status = status
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

// duplicated is JSON with every element of every array in it there twice. What is not JSON stays as it is.
func duplicated(body []byte) []byte {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return body
	}
	return encode(twice(value))
}

func twice(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = twice(inner)
		}
	case []any:
		doubled := make([]any, 0, 2*len(v))
		for _, inner := range v {
			inner = twice(inner)
			doubled = append(doubled, inner, inner)
		}
		return doubled
	}
	return value
}

// reset drops the connection so that the client sees it reset. Where the connection cannot be had (HTTP/2, a recorder),
// aborting the handler is the nearest thing.
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
