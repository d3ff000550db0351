package immuta

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// Defaults of [Config].
const (
	DefaultRequestTimeout        = 60 * time.Second
	DefaultMaxRetries            = 4
	DefaultMaxConcurrentRequests = 32
)

const (
	// maxAnswer caps the size of an answer in bytes, after decompression: enough for a page of 200 sources and for
	// a dictionary of tens of thousands of columns, and far from what would hurt the machine.
	maxAnswer = 16 << 20
	// maxRefusal caps how much of a refusal is read: what it says is short.
	maxRefusal = 64 << 10
	// maxDepth caps how deep an answer is nested: policies, the deepest known, reach about twenty.
	maxDepth = 200
)

// Grace is how long a write that is under way may go on after its caller was canceled, and how long looking up
// its outcome may take: an answer that is thrown away leaves an object behind that nobody knows of.
const Grace = 15 * time.Second

// Config says which tenant to talk to and how. Host and APIKey are required.
type Config struct {
	// Host is the tenant's root, as [ParseHost] takes it.
	Host string
	// APIKey authenticates every request, in the way that Authentication says.
	APIKey         string
	Authentication Authentication

	// CACertificate holds PEM certificates that are trusted besides the system's.
	CACertificate      string
	InsecureSkipVerify bool

	// RequestTimeout bounds one attempt, from dialing to the last byte of the answer.
	RequestTimeout time.Duration
	// MaxRetries is how often a request is repeated after its first attempt.
	MaxRetries            int
	MaxConcurrentRequests int
	// RequestsPerSecond is a ceiling over all requests; 0 means none.
	RequestsPerSecond float64

	// Headers are added to every request.
	Headers   map[string]string
	UserAgent string

	// Logger gets one record per attempt at debug level, and bodies with their secrets masked at [LevelTrace].
	// Nil means no logs.
	Logger *slog.Logger

	// Wait is how the client waits between attempts and polls. Nil means a timer that ends with the context.
	Wait func(context.Context, time.Duration) error
}

// Client talks to one tenant. It is safe for concurrent use.
type Client struct {
	config Config // complete
	base   *url.URL
	// transport rather than an [http.Client]: a redirect must not be followed, because that could send the API key elsewhere
	// and turn a write into a read.
	transport http.RoundTripper

	token   memo[string] // the session token, where that is how the client authenticates
	secrets secrets
	cap     int64 // of an answer's size in bytes
	slots   *semaphore.Weighted
	limiter *rate.Limiter
	pacer   pacer
	breaker breaker

	flights flights[any]
	locks   locks
	// writes counts finished writes: a GET is shared only among callers that saw the same count.
	writes atomic.Int64

	caller  memo[User] // who the client acts as cannot change while it lives
	rosters rosters
}

// New makes a client. It sends nothing.
func New(c Config) (*Client, error) {
	base, err := ParseHost(c.Host)
	if err != nil {
		return nil, err
	}
	if c.APIKey == "" {
		return nil, errors.New("an API key is required")
	}
	if c.MaxConcurrentRequests < 1 {
		return nil, errors.New("the number of concurrent requests must be at least 1")
	}
	for name := range c.Headers {
		if IsReservedHeader(name) {
			return nil, fmt.Errorf("the header %q is the client's own to set", name)
		}
	}
	transport, err := newTransport(c)
	if err != nil {
		return nil, err
	}
	proxyPassword, err := proxyPassword(base.Scheme)
	if err != nil {
		return nil, err
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.RequestTimeout <= 0 {
		c.RequestTimeout = DefaultRequestTimeout
	}
	if c.Wait == nil {
		c.Wait = waitTimer
	}
	client := &Client{
		config: c, base: base, transport: transport,
		cap:     maxAnswer,
		slots:   semaphore.NewWeighted(int64(c.MaxConcurrentRequests)),
		limiter: rate.NewLimiter(rate.Inf, 1),
		pacer:   pacer{wait: c.Wait},
		rosters: newRosters(),
	}
	if c.RequestsPerSecond > 0 {
		client.limiter.SetLimit(rate.Limit(c.RequestsPerSecond))
	}
	client.secrets.add(c.APIKey, proxyPassword)
	client.secrets.add(slices.Collect(maps.Values(c.Headers))...)
	return client, nil
}

// Host is the tenant's root URL: what a state was read from.
func (c *Client) Host() string { return c.base.String() }

// Concurrency is how many requests the client has under way at most.
func (c *Client) Concurrency() int { return c.config.MaxConcurrentRequests }

// Wait waits as [Config.Wait] says, and returns early with the context's error.
func (c *Client) Wait(ctx context.Context, d time.Duration) error { return c.config.Wait(ctx, d) }

// request is one call of the API.
type request struct {
	method string
	// path is escaped already: names go through [url.PathEscape].
	path  string
	query url.Values
	// body is sent as JSON; nil sends none.
	body any
	// repeatable marks a POST that changes nothing and may be retried like a GET.
	repeatable bool
	// once marks a GET or a PUT that must not take effect twice: it is a write, repeated only when it was not sent.
	once bool
	// anonymous leaves the Authorization header out.
	anonymous bool
	// authorization stands in for the client's own Authorization header.
	authorization string
	// accept asks for something other than JSON: the answer is handed on as it came, and its body is not logged.
	accept string
	// cap bounds the size of a successful answer in bytes; 0 means the client's own limit.
	cap int64
	// upload is sent instead of a body.
	upload *upload
	// take reads a successful answer while it arrives, in every attempt that gets one: such an answer is not JSON, and is
	// not held in memory.
	take func(io.Reader) error
	// confidential marks an answer that is a secret all over: nothing of it is logged or quoted.
	confidential bool
	// verify decides whether a successful answer is what was asked for, in every attempt that gets one. An
	// [UnreadableError] is repeated where the request may be.
	verify func(answer) error
}

func (r request) String() string { return r.method + " " + r.path }

func (r request) writes() bool { return r.once || r.method != http.MethodGet && !r.repeatable }

// answer is a successful response.
type answer struct {
	body   []byte
	header http.Header
	// date is the server's clock when it answered; zero when it did not say.
	date time.Time
}

// logged is the body as far as it may be shown: what is not JSON may be anybody's data, and some answers are secrets.
func (a answer) logged(r request) []byte {
	if r.accept != "" || r.confidential {
		return nil
	}
	return a.body
}

// call sends a request and decodes its answer into out, unless out is nil.
func (c *Client) call(ctx context.Context, r request, out any) error {
	_, err := c.exchange(ctx, r, out)
	return err
}

// exchange is call for what else there is to an answer.
func (c *Client) exchange(ctx context.Context, r request, out any) (answer, error) {
	if out != nil {
		r.verify = func(a answer) error { return c.decode(r, a, out) }
	}
	return c.send(ctx, r)
}

// checker is an answer that can tell what it lacks to be one: "holds no id". An answer that lacks nothing says "".
type checker interface{ lacks() string }

// unless is what an answer lacks where the condition for lacking nothing is not met.
func unless(complete bool, lack string) string {
	if complete {
		return ""
	}
	return lack
}

// decode reads an answer into out. An answer to a GET must hold something: from what is empty, nothing follows.
func (c *Client) decode(r request, a answer, out any) error {
	body := bytes.TrimSpace(a.body)
	isEmpty := len(body) == 0 || bytes.Equal(body, []byte("null"))
	if isEmpty && r.method == http.MethodGet {
		return c.unreadable(r, a, "is empty")
	}
	if !isEmpty {
		if err := json.Unmarshal(body, out); err != nil {
			return c.unreadable(r, a, "does not have the expected form: "+err.Error())
		}
	}
	if checked, ok := out.(checker); ok {
		if lack := checked.lacks(); lack != "" {
			return c.unreadable(r, a, lack)
		}
	}
	return nil
}

// unreadable is the error for an answer that is not what it should be: "holds no id".
func (c *Client) unreadable(r request, a answer, lack string) error {
	e := &UnreadableError{Request: r.String(), Reason: "it " + lack}
	if r.confidential {
		return e
	}
	e.Reason, e.Excerpt = c.show(e.Reason), c.excerpt(a.body)
	return e
}

// flightKey tells the reads apart that may share one request: of the same thing, by callers that saw the same writes.
type flightKey[T any] struct {
	writes      int64
	path, query string
}

// get reads a path. Callers that ask for the same at the same time share one request and one answer, which none of them may
// change, but never one that began before a write of this client was answered: what follows a write must see it.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	r := request{method: http.MethodGet, path: path, query: query}
	key := flightKey[T]{writes: c.writes.Load(), path: path, query: query.Encode()}
	shared, err := c.flights.do(ctx, key, func(ctx context.Context) (any, error) {
		out := new(T)
		err := c.call(ctx, r, out)
		return out, err
	})
	out, ok := shared.(*T)
	if err != nil || !ok {
		var none T
		return none, withCause(ctx, r, err)
	}
	return *out, nil
}

// getOne is get for an object.
func getOne[T any](ctx context.Context, c *Client, path string, query url.Values) (*T, error) {
	out, err := get[one[T]](ctx, c, path, query)
	if err != nil {
		return nil, err
	}
	return &out.Value, nil
}

// send makes the attempts that the retry policy allows and returns the first success or the last failure.
func (c *Client) send(ctx context.Context, r request) (answer, error) {
	var payload []byte
	if r.body != nil {
		var err error
		if payload, err = json.Marshal(r.body); err != nil {
			return answer{}, fmt.Errorf("encoding the body of %s: %w", r, err)
		}
	}
	if r.writes() {
		defer c.writes.Add(1)
		c.secrets.add(secretsOf(payload)...)
	}
	renewed, doubt := false, false
	fail := func(err error) (answer, error) {
		err = withCause(ctx, r, err)
		if doubt {
			err = &doubtError{err}
		}
		return answer{}, err
	}
	p := &pass{}
	defer c.breaker.leave(p)
	var last error // what became of the attempt before
	var served int64
	for attempt := 0; ; attempt++ {
		if ctx.Err() != nil {
			return fail(&NoAnswerError{Request: r.String(), Err: context.Cause(ctx), NotSent: true})
		}
		credential := r.authorization
		if credential == "" && !r.anonymous {
			var err error
			if credential, err = c.credential(ctx); err != nil {
				return fail(&credentialError{err})
			}
		}
		a, err := c.attempt(ctx, r, p, payload, credential, attempt)
		if err == nil {
			c.breaker.note(ctx, p, nil)
			return a, nil
		}
		if !renewed && !r.anonymous && r.authorization == "" && c.config.Authentication == Token && StatusOf(err) == http.StatusUnauthorized {
			// 401 says that the request was not processed, so repeating it is safe for every method.
			renewed = true
			attempt--
			c.breaker.leave(p) // The exchange is a request of its own.
			// Another caller may have renewed it already.
			c.token.forget(func(token string) bool { return bearer(token) == credential })
			continue
		}
		err = c.judge(ctx, r, p, attempt, credential, err)
		if StatusOf(err) == http.StatusTooManyRequests {
			now := c.pacer.progress()
			if StatusOf(last) == http.StatusTooManyRequests && now != served {
				// The tenant serves others meanwhile: this one's turn comes, and no retry is used up by waiting for it.
				attempt--
			}
			served = now
		}
		if ctx.Err() != nil || attempt >= c.config.MaxRetries || !mayRepeat(r, err) {
			return fail(heldBack(err, last))
		}
		doubt = doubt || r.writes() && IsUncertain(err)
		if err := c.pause(ctx, r, attempt, err); err != nil {
			return fail(err)
		}
		last = err
	}
}

// pause waits before the next attempt. A wait that would outlast the operation is an error at once: there is no
// point in sitting through it. After a 429 the pacer makes the next attempt wait, together with everybody else's.
func (c *Client) pause(ctx context.Context, r request, attempt int, cause error) error {
	if StatusOf(cause) == http.StatusTooManyRequests {
		return nil
	}
	asked, _ := retryAfter(cause)
	d := delay(attempt, asked)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return &tooLateError{cause: cause, wait: d}
	}
	c.config.Logger.LogAttrs(ctx, slog.LevelDebug, "waiting before the next attempt",
		slog.String("method", r.method), slog.String("path", c.Mask(r.path)), slog.Duration("wait", d))
	if err := c.config.Wait(ctx, d); err != nil {
		return cause
	}
	return nil
}

// attempt sends the request once and reads the whole answer.
func (c *Client) attempt(ctx context.Context, r request, p *pass, payload []byte, credential string, number int) (answer, error) {
	ticket, err := c.admit(ctx, r, p)
	if err != nil {
		return answer{}, err
	}
	defer c.slots.Release(1)

	if r.writes() {
		var cancel context.CancelFunc
		ctx, cancel = withGrace(ctx)
		defer cancel()
	}
	timeout := c.config.RequestTimeout
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within request_timeout (%s)", timeout))
	defer cancel()

	if err := checkPath(r.path); err != nil {
		return answer{}, &NoAnswerError{Request: r.String(), Err: err, NotSent: true}
	}
	target := *c.base
	target.RawPath, target.RawQuery = r.path, r.query.Encode()
	if target.Path, err = url.PathUnescape(r.path); err != nil {
		return answer{}, fmt.Errorf("building %s: %w", r, err)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target.String(), bytes.NewReader(payload))
	if err != nil {
		return answer{}, fmt.Errorf("building %s: %w", r, err)
	}
	for name, value := range c.config.Headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Accept", cmp.Or(r.accept, "application/json"))
	req.Header.Set("User-Agent", c.config.UserAgent)
	if credential != "" {
		req.Header.Set("Authorization", credential)
	}
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.upload != nil {
		if err := r.upload.attach(req); err != nil {
			return answer{}, fmt.Errorf("building %s: %w", r, err)
		}
	}

	start := time.Now()
	a, status, err := c.roundTrip(req, r)
	if err == nil && r.verify != nil {
		err = r.verify(a)
	}
	c.logAttempt(ctx, r, number, status, time.Since(start), payload, a.logged(r), err)
	switch asked, _ := retryAfter(err); {
	case status == http.StatusTooManyRequests:
		c.pacer.limited(ticket, asked)
	case status != 0:
		c.pacer.passed(ticket)
	}
	return a, err
}

// admit waits until the request may be sent. Afterwards a slot has to be released, unless there was an error.
// The slot comes first: leave to send that was had before a wait for a slot would be used all at once after it.
func (c *Client) admit(ctx context.Context, r request, p *pass) (ticket, error) {
	for {
		if err := c.breaker.enter(ctx, r, p); err != nil {
			return 0, err
		}
		if err := c.slots.Acquire(ctx, 1); err != nil {
			return 0, &NoAnswerError{Request: r.String(), Err: context.Cause(ctx), NotSent: true}
		}
		if c.breaker.admits(p) {
			t, err := c.turn(ctx)
			if err != nil {
				c.slots.Release(1)
				return 0, &NoAnswerError{Request: r.String(), Err: err, NotSent: true}
			}
			if c.breaker.begin(p) {
				return t, nil
			}
		}
		c.slots.Release(1)
	}
}

// turn waits until the rates allow another request.
func (c *Client) turn(ctx context.Context) (ticket, error) {
	t, err := c.pacer.enter(ctx)
	if err != nil {
		return 0, err
	}
	switch err := c.limiter.Wait(ctx); {
	case err == nil:
		return t, nil
	case ctx.Err() == nil:
		return 0, errNoTurn
	default:
		return 0, context.Cause(ctx)
	}
}

// roundTrip does the exchange and classifies its outcome.
func (c *Client) roundTrip(req *http.Request, r request) (answer, int, error) {
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return answer{}, 0, c.noAnswer(req.Context(), r, err)
	}
	defer func() { _ = resp.Body.Close() }()
	success := resp.StatusCode >= 200 && resp.StatusCode <= 299
	if success && r.take != nil {
		if err := r.take(resp.Body); err != nil {
			return answer{}, resp.StatusCode, c.noAnswer(req.Context(), r, fmt.Errorf("the answer broke off: %w", err))
		}
		return answer{header: resp.Header}, resp.StatusCode, nil
	}
	limit := int64(maxRefusal)
	if success {
		limit = cmp.Or(r.cap, c.cap)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return answer{}, resp.StatusCode, c.noAnswer(req.Context(), r, fmt.Errorf("the answer broke off: %w", err))
	}
	if !success {
		// What is cut off here is no JSON any more, and is shown as a text.
		body = body[:min(int64(len(body)), limit)]
		return answer{body: body}, resp.StatusCode, c.refusal(r, resp, body)
	}
	date, _ := http.ParseTime(resp.Header.Get("Date"))
	a := answer{body: body, header: resp.Header, date: date}
	return a, resp.StatusCode, c.readable(r, a, limit)
}

// readable returns an error when a successful answer cannot be what the API answers.
func (c *Client) readable(r request, a answer, limit int64) error {
	tooLarge := int64(len(a.body)) > limit
	switch {
	case tooLarge && r.cap > 0:
		return &TooLargeError{Request: r.String(), Limit: limit}
	case tooLarge:
		return &UnreadableError{Request: r.String(), Reason: fmt.Sprintf("it is larger than %d MiB", limit>>20)}
	case r.accept != "":
		return nil
	}
	if a.isHTML() {
		return c.unreadable(r, a, "is an HTML page, not JSON")
	}
	if depth, _ := outline(a.body); depth > maxDepth {
		return &UnreadableError{Request: r.String(), Reason: fmt.Sprintf("it is nested more than %d levels deep", maxDepth)}
	}
	return nil
}

// detach returns a context with the values and the deadline of parent, but not its cancellation.
func detach(parent context.Context) (context.Context, context.CancelFunc) {
	ctx := context.WithoutCancel(parent)
	if deadline, ok := parent.Deadline(); ok {
		return context.WithDeadline(ctx, deadline)
	}
	return context.WithCancel(ctx)
}

// withGrace returns a context that outlives a cancellation of its parent by [Grace], but not its deadline.
func withGrace(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := detach(parent)
	stop := context.AfterFunc(parent, func() {
		if errors.Is(parent.Err(), context.Canceled) {
			time.AfterFunc(Grace, cancel)
		}
	})
	return ctx, func() { stop(); cancel() }
}

// LookupContext returns a context for finding out what became of a request, which must be done even if the context of its
// operation has ended: then it is one of its own, which lasts for [Grace].
func LookupContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), Grace)
}

func waitTimer(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
