package immuta

import (
	"bytes"
	"context"
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
	// Foreign says that the body was not JSON, so that probably something in front of Immuta answered.
	Foreign bool

	retryAfter time.Duration
}

// Validation is one finding of Immuta about what it was sent.
type Validation struct {
	Code    string `json:"code"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %d %s", e.Request, e.Status, http.StatusText(e.Status))
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
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusNotFound && !e.Foreign
}

// IsTaken tells whether a create was refused because the name or the table is registered already.
//
// The status is not known (400, 409 or 422). Known are validation code "unique" at 422 (H), "already exists" for
// a name (H) and "duplicate tables" for a table (M); being wrong here costs a look-up that finds nothing.
func IsTaken(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
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
	if e, ok := errors.AsType[*NoAnswerError](err); ok {
		return !e.NotSent
	}
	if _, ok := errors.AsType[*UnreadableError](err); ok {
		return true
	}
	status := StatusOf(err)
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.retryAfter
	}
	return 0
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// noAnswer classifies a failed exchange.
func noAnswer(ctx context.Context, r request, err error) error {
	e := &NoAnswerError{Request: r.String(), Err: err}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		e.NotSent = true
	}
	if IsCertificateError(err) {
		e.NotSent = true
	}
	if ctx.Err() != nil {
		// The cause says which limit ran out; net/http says only that some context ended.
		e.Err = context.Cause(ctx)
	}
	return e
}

func newError(r request, resp *http.Response, body []byte, mask func(string) string) error {
	e := &Error{Request: r.String(), Status: resp.StatusCode, retryAfter: parseRetryAfter(resp.Header)}
	if resp.StatusCode >= 300 && resp.StatusCode <= 399 {
		e.Location = resp.Header.Get("Location")
	}
	var said struct {
		Message    Lenient[string]       `json:"message"`
		Error      Lenient[string]       `json:"error"`
		Validation Lenient[[]Validation] `json:"validation"`
	}
	if json.Unmarshal(body, &said) != nil {
		e.Foreign = true
		e.Message = mask(excerpt(body))
		return e
	}
	e.Message = mask(firstText(said.Message.Get(), said.Error.Get(), excerpt(body)))
	for _, v := range said.Validation.Get() {
		v.Message = mask(v.Message)
		e.Validation = append(e.Validation, v)
	}
	return e
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
	if media == "text/html" || bytes.HasPrefix(trimmed, []byte("<")) {
		return "an HTML page", false
	}
	return "", true
}

// excerpt is the beginning of a body on one line, short enough for an error message.
func excerpt(body []byte) string {
	const most = 200
	text := strings.Join(strings.Fields(string(body)), " ")
	if len(text) <= most {
		return strings.ToValidUTF8(text, "?")
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return strings.ToValidUTF8(text[:cut], "?") + "…"
}
