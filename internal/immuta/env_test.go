package immuta_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// What runs a test, or a subtest, beside all others, or in a bubble of its own whose time passes in no time.
var (
	inParallel = immuta.InParallel
	inBubble   = immuta.InBubble
	bubble     = immuta.Bubble
)

// hold makes all requests that match wait until there is nothing else to do in the bubble.
func hold(tenant *fake.Tenant, method, path string) {
	release := make(chan struct{})
	tenant.Before(method, path, func(*fake.Request) { <-release })
	go func() {
		synctest.Wait()
		close(release)
	}()
}

// block makes the first request that matches wait, after it has taken effect, until the function is called that it returns.
func block(tenant *fake.Tenant, method string) (release func()) {
	var met atomic.Bool
	held := make(chan struct{})
	tenant.After(method, "", func(*fake.Request) {
		if met.CompareAndSwap(false, true) {
			<-held
		}
	})
	return func() { close(held) }
}

// inBackground runs something beside the test, as far as it gets in the bubble before it has to wait, and returns what failed.
func inBackground(run func() error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- run() }()
	synctest.Wait()
	return result
}

// parallel runs a function n times at once and returns what failed.
func parallel(n int, run func(i int) error) error {
	failures := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { failures[i] = run(i) })
	}
	group.Wait()
	return errors.Join(failures...)
}

// errStopped is why a test's contexts are canceled.
var errStopped = errors.New("the user pressed Ctrl+C")

// errLate is why a test's contexts end that have a deadline.
var errLate = errors.New("the operation ran out of time")

// within is the context of an operation that may take so long.
func within(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), limit, errLate)
	t.Cleanup(cancel)
	return ctx
}

// adjust changes the configuration of a test's client.
type adjust = func(*immuta.Config)

// newClient makes a client whose pauses take no time.
func newClient(t testing.TB, host string, adjusts ...adjust) *immuta.Client {
	t.Helper()
	config := immuta.Config{
		Host: host, APIKey: fake.DefaultAPIKey, MaxRetries: immuta.DefaultMaxRetries,
		MaxConcurrentRequests: immuta.DefaultMaxConcurrentRequests,
		Wait:                  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, change := range adjusts {
		change(&config)
	}
	client, err := immuta.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// quiet is where servers complain about clients that hang up, which is what tests make them do.
var quiet = log.New(io.Discard, "", 0)

// serve makes a client of a handler, over a real connection.
func serve(t testing.TB, handler http.Handler, adjusts ...adjust) *immuta.Client {
	t.Helper()
	return newClient(t, newServer(t, handler), adjusts...)
}

// through makes a client that sends through a transport, and lets no request wait for the first one.
func through(t testing.TB, transport http.RoundTripper, adjusts ...adjust) *immuta.Client {
	t.Helper()
	client := newClient(t, "http://immuta.test", adjusts...)
	client.SetTransport(transport)
	client.LetThrough()
	return client
}

// connect makes a client of a tenant, without a network.
func connect(t testing.TB, tenant http.Handler, adjusts ...adjust) *immuta.Client {
	t.Helper()
	return through(t, inMemory{tenant}, adjusts...)
}

// start is a tenant and a client that is connected to it.
func start(t testing.TB, adjusts ...adjust) (*fake.Tenant, *immuta.Client) {
	t.Helper()
	return startWith(t, nil, adjusts...)
}

// startWith is start with options of the tenant.
func startWith(t testing.TB, options []fake.Option, adjusts ...adjust) (*fake.Tenant, *immuta.Client) {
	t.Helper()
	tenant := fake.New(options...)
	t.Cleanup(tenant.Close)
	return tenant, connect(t, tenant, adjusts...)
}

// withSource is start with a Snowflake source in the tenant.
func withSource(t testing.TB, adjusts ...adjust) (tenant *fake.Tenant, client *immuta.Client, id int64) {
	t.Helper()
	tenant, client = start(t, adjusts...)
	return tenant, client, addSource(tenant)
}

func addSource(tenant *fake.Tenant) (id int64) { return int64(tenant.AddSource(fake.SourceSpec{})) }

// handlerOf says which handler a Snowflake source has.
func handlerOf(tenant *fake.Tenant, id int64) immuta.HandlerRef {
	source, _ := tenant.Source(int(id))
	return immuta.HandlerRef{Prefix: "snowflake", ID: int64(source.HandlerID)}
}

func retries(n int) adjust { return func(c *immuta.Config) { c.MaxRetries = n } }

func timeout(d time.Duration) adjust { return func(c *immuta.Config) { c.RequestTimeout = d } }

// realWaits makes a client wait in earnest, which takes no time in a synctest bubble.
func realWaits(c *immuta.Config) { c.Wait = nil }

// waits records how long a client would have waited.
type waits struct {
	mu   sync.Mutex
	list []time.Duration
}

func (w *waits) record(c *immuta.Config) {
	c.Wait = func(ctx context.Context, d time.Duration) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.list = append(w.list, d)
		return ctx.Err()
	}
}

func (w *waits) all() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.list
}

// inMemory serves requests as a server would, with broken connections and answers that end early.
type inMemory struct{ http.Handler }

func (m inMemory) RoundTrip(request *http.Request) (*http.Response, error) {
	type outcome struct {
		response *http.Response
		err      error
	}
	sent := request.Clone(request.Context())
	sent.RequestURI, sent.Host = request.URL.RequestURI(), request.URL.Host
	if sent.Body == nil {
		sent.Body = http.NoBody
	}
	done := make(chan outcome, 1)
	go func() {
		recorder := httptest.NewRecorder()
		defer func() { _ = sent.Body.Close() }() // as every transport does
		defer func() {
			if recover() != nil {
				done <- outcome{err: &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}}
			}
		}()
		m.ServeHTTP(recorder, sent)
		done <- outcome{response: asSent(recorder.Result())} //nolint:bodyclose // handed on to the client, which closes it
	}()
	select {
	case o := <-done:
		return o.response, o.err
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
}

// asSent breaks an answer off that is shorter than it says.
func asSent(response *http.Response) *http.Response {
	body, _ := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	if n, err := strconv.Atoi(response.Header.Get("Content-Length")); err == nil && n > len(body) {
		response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), brokenOff{}))
	}
	return response
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// replies answers each request with the next of some texts as JSON, and repeats the last.
func replies(texts ...string) http.Handler {
	var mu sync.Mutex
	next := 0
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, texts[min(next, len(texts)-1)])
		next++
	})
}

// creation is the body of a create of a Snowflake source.
func creation(name string) map[string]any {
	return map[string]any{
		"handler": map[string]any{"metadata": map[string]any{
			"hostname": "acme.snowflakecomputing.com", "port": 443, "ssl": true, "database": "PROD", "schema": "PUBLIC", "table": "ORDERS",
			"username": "IMMUTA", "password": "hunter2-hunter2", "warehouse": "WH", "authenticationMethod": "userPassword",
			"bodataSchemaName": "public", "bodataTableName": "orders", "dataSourceName": name, "staleDataTolerance": 86400,
			"schemaProjectName": "Public", "userFiles": []any{},
		}},
		"dataSource": map[string]any{
			"name": name, "sqlTableName": "orders", "blobHandler": map[string]any{"scheme": "https", "url": ""},
			"blobHandlerType": "Snowflake", "type": "queryable", "recordFormat": "",
		},
	}
}

func wantStatus(t testing.TB, err error, status int) {
	t.Helper()
	if got := immuta.StatusOf(err); got != status {
		t.Fatalf("the status is %d (%v), want %d", got, err, status)
	}
}

// wantAs returns what an error has to be.
func wantAs[E error](t testing.TB, err error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Fatalf("got %v, want a %T", err, e)
	}
	return e
}

// wantNotSent fails unless an error says that nothing was sent.
func wantNotSent(t testing.TB, err error) {
	t.Helper()
	if e := wantAs[*immuta.NoAnswerError](t, err); !e.NotSent || immuta.IsUncertain(err) {
		t.Errorf("%v is said to have been sent", err)
	}
}

// wantSaid fails unless an error's text holds a part.
func wantSaid(t testing.TB, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Errorf("got %v, want %q", err, part)
	}
}

func wantNoError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCount(t testing.TB, tenant *fake.Tenant, method, path string, want int) {
	t.Helper()
	if got := tenant.Journal().Count(method, path); got != want {
		t.Fatalf("%d requests %s %s, want %d, among %q", got, method, path, want, tenant.Journal().Lines())
	}
}

// wantEqual compares anything that has no unexported fields.
func wantEqual[T any](t testing.TB, what any, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v (-want +got):\n%s", what, diff)
	}
}
