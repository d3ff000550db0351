package immuta

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Error is a refusal: an answer with a status other than 2xx.
//
// The body is {"statusCode", "error", "message"} in the manner of hapi (message H, the rest L), with "validation"
// entries at 422 (H). Whatever else comes is kept as text.
type Error struct {
	// Request is the method and path, Status the HTTP status.
	Request string
	Status  int
	// Message is what Immuta said, or the beginning of a body that is not Immuta's. Secrets are masked.
	Message    string
	Validation []Validation
	// Location is where a redirect leads.
	Location string
	// Foreign says that the body was no JSON object, so that probably something in front of Immuta answered.
	Foreign bool

	retryAfter time.Duration
	// asked says that the server sent Retry-After, be it 0.
	asked bool
}

// Validation is one finding of Immuta about what it was sent.
type Validation struct {
	Code    string `json:"code"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

func (e *Error) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("%s: %d %s", e.Request, e.Status, http.StatusText(e.Status)))
	if e.Location != "" {
		return text + ": redirected to " + e.Location
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// NoAnswerError means that no answer came: the connection failed, broke or took too long, or the caller gave up.
type NoAnswerError struct {
	Request string
	Err     error
	// NotSent says that the request cannot have been processed.
	NotSent bool
}

func (e *NoAnswerError) Error() string { return e.Request + ": " + e.Err.Error() }

// Unwrap gives the cause, such as a certificate error.
func (e *NoAnswerError) Unwrap() error { return e.Err }

// doubtError is the failure of a write of which an earlier attempt may have taken effect.
type doubtError struct{ error }

func (e *doubtError) Unwrap() error { return e.error }

func inDoubt(err error) bool {
	_, ok := errors.AsType[*doubtError](err)
	return ok
}

// credentialError is the failure to get a credential for a request, which was not sent therefore. What the exchange was told
// says nothing of what the request is about.
type credentialError struct{ error }

func (e *credentialError) Unwrap() error { return e.error }

func lacksCredential(err error) bool {
	_, ok := errors.AsType[*credentialError](err)
	return ok
}

// UnreadableError is an answer with status 2xx that is not what the API speaks: HTML, or JSON cut short.
type UnreadableError struct {
	Request string
	Reason  string
	// Excerpt is the beginning of the answer, with secrets masked.
	Excerpt string
}

func (e *UnreadableError) Error() string {
	text := fmt.Sprintf("%s: the answer cannot be read: %s", e.Request, e.Reason)
	if e.Excerpt != "" {
		text += ": " + e.Excerpt
	}
	return text
}

// TooLargeError is an answer with more bytes than were wanted.
type TooLargeError struct {
	Request string
	Limit   int64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s: the answer has more than %d bytes", e.Request, e.Limit)
}

// StatusOf returns the HTTP status of a refusal, or 0 for any other error.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// IsNotFound tells whether Immuta itself said that there is no such thing. A 404 that is not JSON comes from
// somewhere else, such as a proxy or a wrong host, and says nothing about the tenant.
func IsNotFound(err error) bool {
	if _, ok := errors.AsType[*AbsentError](err); ok {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusNotFound && !e.Foreign && !lacksCredential(err)
}

// IsTaken tells whether a create was refused because the name or the table is registered already.
//
// The status is not known (400, 409 or 422). Known are validation code "unique" at 422 (H), "already exists" for
// a name (H) and "duplicate tables" for a table (M); being wrong here costs a look-up that finds nothing.
//
// It is false where an earlier attempt of the same create may have taken effect: what is in the way may be what that
// attempt made, which is for [IsUncertain] and a look-up.
func IsTaken(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || inDoubt(err) || lacksCredential(err) {
		return false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
	default:
		return false
	}
	for _, v := range e.Validation {
		if v.Code == "unique" {
			return true
		}
	}
	text := strings.ToLower(e.Message)
	return strings.Contains(text, "already exist") || strings.Contains(text, "duplicate")
}

// IsUncertain tells whether a write that failed with err may have taken effect all the same: anything but a
// definite refusal, and anything that was sent.
func IsUncertain(err error) bool {
	if inDoubt(err) {
		return true
	}
	if lacksCredential(err) {
		return false
	}
	if e, ok := errors.AsType[*NoAnswerError](err); ok {
		return !e.NotSent
	}
	if _, ok := errors.AsType[*UnreadableError](err); ok {
		return true
	}
	status := StatusOf(err)
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// retryAfter is how long the server asked to wait, and whether it did.
func retryAfter(err error) (wait time.Duration, asked bool) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.retryAfter, e.asked
	}
	return 0, false
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// noAnswer classifies a failed exchange.
func noAnswer(ctx context.Context, r request, err error) error {
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(record.RecordHeader[:]) == "HTTP/" {
		err = http.ErrSchemeMismatch
	}
	e := &NoAnswerError{Request: r.String(), Err: err}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		e.NotSent = true
	}
	if isPermanent(err) {
		e.NotSent = true
	}
	if ctx.Err() != nil {
		// The cause says which limit ran out; net/http says only that some context ended.
		e.Err = context.Cause(ctx)
	}
	return e
}

// withCause gives the failure of a request whose caller's context has ended the reason why it has: what failed underneath
// knows only that some context ended, which may have been derived from the caller's.
func withCause(ctx context.Context, r request, err error) error {
	if err == nil {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && errors.Is(err, context.DeadlineExceeded) && !time.Now().Before(deadline) {
		<-ctx.Done() // The same deadline, in a context that was derived from this one, was noticed a moment earlier.
	}
	if ctx.Err() == nil || !isContextError(err) && !errors.Is(err, context.Cause(ctx)) {
		return err
	}
	e, ok := errors.AsType[*NoAnswerError](err)
	return &NoAnswerError{Request: r.String(), Err: context.Cause(ctx), NotSent: ok && e.NotSent || lacksCredential(err)}
}

func newError(r request, resp *http.Response, body []byte, mask func(string) string) error {
	e := &Error{Request: r.String(), Status: resp.StatusCode}
	e.retryAfter, e.asked = parseRetryAfter(resp.Header)
	if resp.StatusCode >= 300 && resp.StatusCode <= 399 {
		e.Location = mask(resp.Header.Get("Location"))
	}
	var said struct {
		Message    Lenient[Text]                   `json:"message"`
		Error      Lenient[Text]                   `json:"error"`
		Validation Lenient[many[Lenient[finding]]] `json:"validation"`
	}
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) || json.Unmarshal(body, &said) != nil {
		if message, ok := s3Message(body); ok {
			e.Message = mask(message)
			return e
		}
		e.Foreign = true
		e.Message = excerpt(maskBody(body, mask))
		return e
	}
	e.Message = firstText(mask(string(said.Message.Get())), mask(string(said.Error.Get())), excerpt(maskBody(body, mask)))
	for _, v := range said.Validation.Get() {
		if v.Value != nil {
			e.Validation = append(e.Validation, v.Value.masked(mask))
		}
	}
	return e
}

// finding is an entry of "validation" as it is decoded: no odd one keeps the others from being read.
type finding struct {
	Code    Lenient[Text] `json:"code"`
	Path    Lenient[Text] `json:"path"`
	Message Lenient[Text] `json:"message"`
}

func (f finding) masked(mask func(string) string) Validation {
	return Validation{
		Code: mask(string(f.Code.Get())), Path: mask(string(f.Path.Get())), Message: mask(string(f.Message.Get())),
	}
}

func firstText(texts ...string) string {
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// notJSON names what a body is when it is not JSON. An empty body passes: many writes answer with nothing.
func notJSON(resp *http.Response, body []byte) (string, bool) {
	trimmed := bytes.TrimSpace(body)
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case len(trimmed) == 0:
		return "", true
	case bytes.HasPrefix(trimmed, []byte("<")), media == "text/html" && !json.Valid(trimmed):
		return "an HTML page", false
	}
	return "", true
}

// excerpt is the beginning of a body on one line, short enough for an error message. Secrets must be masked before: cut in
// two, or with their line breaks gone, they would not be recognised.
func excerpt(body string) string {
	const most = 200
	text := strings.Join(strings.Fields(body), " ")
	if len(text) <= most {
		return strings.ToValidUTF8(text, "?")
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strings.ToValidUTF8(strings.TrimSpace(text[:cut]), "?") + "…"
}
