package immuta

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is a refusal: an answer with a status other than 2xx.
//
// The body is {"statusCode", "error", "message"} in the manner of hapi (message H, the rest M), with "validation"
// entries at 422 (H). Whatever else comes is kept as text.
//
// Its texts are for people: secrets are masked, control characters spelled out, long texts cut. What a program decides by
// are the methods, which read what was really answered.
type Error struct {
	// Request is the method and path, Status the HTTP status.
	Request string
	Status  int
	// Message is what Immuta said, or the beginning of a body that is not Immuta's.
	Message    string
	Validation []Validation
	// Location is where a redirect leads.
	Location string
	// Foreign says that the body does not have the form of Immuta's own refusals, so that probably something in front of
	// Immuta answered.
	Foreign bool

	// said returns the message as it came, in lower case: a function, because no printing of the struct may show it.
	said func() string

	retryAfter time.Duration
	// asked says that the server sent Retry-After, be it 0.
	asked bool
}

// Says tells whether a text is part of the message, whatever its case.
func (e *Error) Says(text string) bool { return strings.Contains(e.words(), strings.ToLower(text)) }

func (e *Error) words() string {
	if e.said == nil {
		return strings.ToLower(e.Message)
	}
	return e.said()
}

// Validation is one finding of Immuta about what it was sent. Its texts are for people, like those of [Error].
type Validation struct {
	Code    string
	Path    string
	Message string

	key    func() string // as it came, like what [Error] has said
	unique bool
}

// Key is the path of the value that the finding is about, as it came: for looking it up, not for showing it.
func (v Validation) Key() string {
	if v.key == nil {
		return v.Path
	}
	return v.key()
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

// shownError is an error of Go's transport, which quotes header lines of requests and of answers, as it may be shown.
type shownError struct {
	text string
	// cause returns the error itself: a function, because no printing of the struct may show it.
	cause func() error
}

func (e *shownError) Error() string { return e.text }

func (e *shownError) Unwrap() error { return e.cause() }

// doubtError is the failure of a write of which an earlier attempt may have taken effect.
type doubtError struct{ error }

func (e *doubtError) Unwrap() error { return e.error }

// credentialError is the failure to get a credential for a request, which was not sent therefore. What the exchange was told
// says nothing of what the request is about.
type credentialError struct{ error }

func (e *credentialError) Unwrap() error { return e.error }

// UnreadableError is an answer with status 2xx that is not what the API speaks: HTML, JSON cut short, or nothing where
// there must be something. It proves nothing, least of all that there is nothing.
type UnreadableError struct {
	Request string
	Reason  string
	// Excerpt is the beginning of the answer, fit to be shown.
	Excerpt string
}

func (e *UnreadableError) Error() string {
	text := fmt.Sprintf("%s: the answer cannot be read: %s", e.Request, e.Reason)
	if e.Excerpt != "" {
		text += ": " + e.Excerpt
	}
	return text
}

// WrongObjectError is an answer about another object than the one that was asked for. Nothing in it may be believed.
type WrongObjectError struct {
	Request string
	// What is the object that was asked for, Got what the answer has in its place.
	What, Got string
}

func (e *WrongObjectError) Error() string {
	return fmt.Sprintf("%s: the answer is not about %s but about %s", e.Request, e.What, e.Got)
}

// TooLargeError is an answer with more bytes than were wanted.
type TooLargeError struct {
	Request string
	Limit   int64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s: the answer has more than %d bytes", e.Request, e.Limit)
}

// is tells whether an error is of a type, or wraps one of it.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// StatusOf returns the HTTP status of a refusal, or 0 for any other error.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// IsNotFound tells whether an answer in Immuta's own form says that there is no such thing. Any other 404 comes from
// somewhere else, such as a gateway or a wrong host, and says nothing about the tenant. Even this one is the word of one
// witness: before anything is taken for gone, [Client.ConfirmSourceGone] or [Client.ConfirmAnswering] hears a second one.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return is[*AbsentError](err) || ok && e.Status == http.StatusNotFound && !e.Foreign && !is[*credentialError](err)
}

// IsTaken tells whether a create was refused because the name or the table is registered already.
//
// Known are validation code "unique" at 422 (H), "already exists" for
// a name (H) and "duplicate tables" for a table (M); being wrong here costs a look-up that finds nothing.
//
// It is false where an earlier attempt of the same create may have taken effect: what is in the way may be what that
// attempt made, which is for [IsUncertain] and a look-up.
func IsTaken(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !couldBeTaken(err) || is[*doubtError](err) || is[*credentialError](err) {
		return false
	}
	return slices.ContainsFunc(e.Validation, func(v Validation) bool { return v.unique || v.Code == "unique" }) ||
		e.Says("already exist") || e.Says("duplicate")
}

// couldBeTaken tells refusals that may mean that there is such a thing already. With which status and in which words Immuta
// says that is not known (L).
func couldBeTaken(err error) bool {
	switch StatusOf(err) {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// IsUncertain tells whether a write that failed with err may have taken effect all the same: anything but a
// definite refusal, and anything that was sent.
func IsUncertain(err error) bool {
	if is[*doubtError](err) {
		return true
	}
	if is[*credentialError](err) {
		return false
	}
	if e, ok := errors.AsType[*NoAnswerError](err); ok {
		return !e.NotSent
	}
	status := StatusOf(err)
	return isUnreadable(err) || status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// isUnreadable tells whether an answer came of which nothing can be believed.
func isUnreadable(err error) bool { return is[*UnreadableError](err) || is[*WrongObjectError](err) }

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
func (c *Client) noAnswer(ctx context.Context, r request, err error) error {
	if c.isOtherScheme(err) {
		err = c.wrongScheme()
	}
	e := &NoAnswerError{Request: r.String(), Err: &shownError{text: c.show(err.Error()), cause: func() error { return err }}}
	e.NotSent = isPermanent(err) || isDialError(err)
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
	return &NoAnswerError{Request: r.String(), Err: context.Cause(ctx), NotSent: ok && e.NotSent || is[*credentialError](err)}
}

// refusal reads an answer with a status other than 2xx.
func (c *Client) refusal(r request, resp *http.Response, body []byte) error {
	e := &Error{Request: r.String(), Status: resp.StatusCode}
	e.retryAfter, e.asked = parseRetryAfter(resp.Header)
	if resp.StatusCode >= 300 && resp.StatusCode <= 399 {
		e.Location = c.show(resp.Header.Get("Location"))
	}
	if c.base.Scheme == "http" && asksForTLS(resp.StatusCode, body) {
		return &NoAnswerError{Request: r.String(), Err: c.wrongScheme(), NotSent: true}
	}
	var answered refusalBody
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) || json.Unmarshal(body, &answered) != nil {
		if message, ok := s3Message(r, body); ok {
			e.Message, e.said = c.show(message), said(message)
			return e
		}
		e.Foreign = true
		e.Message, e.said = c.excerpt(body), said(beginning(body))
		return e
	}
	message := firstText(string(answered.Message.Get()), string(answered.Error.Get()))
	e.Foreign = !answered.isOwn(resp.StatusCode)
	e.Message, e.said = cmp.Or(c.show(message), c.excerpt(body)), said(cmp.Or(message, beginning(body)))
	for _, v := range answered.Validation.Get() {
		if v.Value != nil && len(e.Validation) < maxFindings {
			e.Validation = append(e.Validation, c.finding(*v.Value))
		}
	}
	return e
}

func said(text string) func() string { return func() string { return strings.ToLower(text) } }

// maxFindings is how many findings of one refusal are shown: more would bury what they have in common.
const maxFindings = 20

type refusalBody struct {
	StatusCode Lenient[Int]                    `json:"statusCode"`
	Message    Lenient[Text]                   `json:"message"`
	Error      Lenient[Text]                   `json:"error"`
	Validation Lenient[many[Lenient[finding]]] `json:"validation"`
}

// isOwn tells whether a refusal has the form of Immuta's own: {"statusCode", "error", "message"}, which is hapi's (M). The
// whole of it is asked for where it counts, of a 404: gateways write one in many ways, of which some have a message.
func (b refusalBody) isOwn(status int) bool {
	return status != http.StatusNotFound ||
		int(b.StatusCode.Get()) == status && b.Error.Get() != "" && b.Message.Get() != ""
}

// finding is an entry of "validation" as it is decoded: no odd one keeps the others from being read.
type finding struct {
	Code    Lenient[Text] `json:"code"`
	Path    Lenient[Text] `json:"path"`
	Message Lenient[Text] `json:"message"`
}

func (c *Client) finding(f finding) Validation {
	code, key := string(f.Code.Get()), string(f.Path.Get())
	return Validation{
		Code: c.showUpTo(code, maxExcerpt), Path: c.showUpTo(key, maxExcerpt), Message: c.show(string(f.Message.Get())),
		key: func() string { return key }, unique: code == "unique",
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

// isHTML tells whether an answer is an HTML page rather than JSON. An empty one is none: many writes answer with nothing.
func (a answer) isHTML() bool {
	text := bytes.TrimSpace(a.body)
	media, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return bytes.HasPrefix(text, []byte("<")) || len(text) > 0 && media == "text/html" && !json.Valid(text)
}
