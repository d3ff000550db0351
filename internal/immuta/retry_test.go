package immuta_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// once sends one request of each method, about a source that is there.
var once = map[string]func(context.Context, *immuta.Client, int64) error{
	"GET": read,
	"PUT": func(ctx context.Context, c *immuta.Client, id int64) error {
		_, err := c.UpdateSource(ctx, id, immuta.Settings{"description": "x"})
		return err
	},
	"POST": func(ctx context.Context, c *immuta.Client, _ int64) error {
		_, err := c.CreateSource(ctx, "snowflake", creation("Orders"))
		return err
	},
	"DELETE": func(ctx context.Context, c *immuta.Client, id int64) error {
		_, err := c.DeleteSource(ctx, id)
		return err
	},
}

func read(ctx context.Context, c *immuta.Client, id int64) error {
	_, err := c.Source(ctx, id)
	return err
}

func TestRetryPolicy(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	noHost := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "immuta.test", IsNotFound: true}}
	for _, test := range []struct {
		name    string
		fault   fake.Fault
		err     error // instead of the fault
		repeats string
	}{
		{name: "400", fault: fake.Fault{Status: 400}},
		{name: "403", fault: fake.Fault{Status: 403}},
		{name: "404", fault: fake.Fault{Status: 404}},
		{name: "408", fault: fake.Fault{Status: 408}},
		{name: "422", fault: fake.Fault{Status: 422}},
		{name: "500", fault: fake.Fault{Status: 500}},
		{name: "429", fault: fake.Fault{Status: 429}, repeats: "GET PUT POST"},
		{name: "502", fault: fake.Fault{Status: 502}, repeats: "GET PUT"},
		{name: "503", fault: fake.Fault{Status: 503}, repeats: "GET PUT"},
		{name: "503 with Retry-After", fault: fake.Fault{Status: 503, RetryAfter: "1"}, repeats: "GET PUT POST"},
		{name: "503 with Retry-After 0", fault: fake.Fault{Status: 503, RetryAfter: "0"}, repeats: "GET PUT POST"},
		{name: "503 with a Retry-After that means nothing", fault: fake.Fault{Status: 503, RetryAfter: "soon"}, repeats: "GET PUT"},
		{name: "504", fault: fake.Fault{Status: 504}, repeats: "GET PUT"},
		{name: "502 with Retry-After", fault: fake.Fault{Status: 502, RetryAfter: "1"}, repeats: "GET PUT"},
		{name: "302", fault: fake.Fault{Status: 302, Header: http.Header{"Location": {"https://sso.test/"}}}},
		{name: "reset", fault: fake.Fault{Reset: true}, repeats: "GET PUT"},
		{name: "timeout", fault: fake.Fault{Hang: true}, repeats: "GET PUT"},
		{name: "truncated", fault: fake.Fault{Truncate: true, Body: `{"id": 100, "dataSourceId": 100}`}, repeats: "GET PUT"},
		{name: "truncated 400", fault: fake.Fault{Status: 400, Truncate: true, Body: `{"message": "no"}`}, repeats: "GET PUT"},
		{name: "HTML", fault: fake.Fault{HTML: true}, repeats: "GET PUT"},
		{name: "half a JSON", fault: fake.Fault{Status: 200, Body: `{"id": 1`}, repeats: "GET PUT"},
		{name: "nothing", fault: fake.Fault{Status: 200, Empty: true}, repeats: "GET PUT"},
		{name: "connection refused", err: refused, repeats: "GET PUT POST"},
		{name: "proxy refused", err: &net.OpError{Op: "proxyconnect", Net: "tcp", Err: refused}, repeats: "GET PUT POST"},
		{name: "no such host", err: noHost},
		{name: "TLS", err: errors.New(`malformed HTTP response "\x15\x03\x01\x00\x02\x02\x16"`)},
	} {
		for method, send := range once {
			inBubble(t, test.name+"/"+method, func(t *testing.T) {
				tenant, client, id := withSource(t, timeout(time.Minute))
				var attempts atomic.Int64
				client.SetTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.Method == method && attempts.Add(1) == 1 && test.err != nil {
						return nil, test.err
					}
					return inMemory{tenant}.RoundTrip(r)
				}))
				if test.err == nil {
					fault := test.fault
					fault.Method = method
					tenant.Fault(fault)
				}
				err := send(t.Context(), client, id)
				repeats := strings.Contains(test.repeats, method)
				switch {
				case method == "DELETE":
					// Repeated by a policy of its own: see the tests of DeleteSource.
				case repeats && (err != nil || attempts.Load() != 2):
					t.Errorf("%d attempts and %v, want 2 and success", attempts.Load(), err)
				case !repeats && (err == nil || attempts.Load() != 1):
					t.Errorf("%d attempts and %v, want 1 and a failure", attempts.Load(), err)
				}
				if left := tenant.PendingFaults(); len(left) > 0 {
					t.Errorf("not met: %v", left)
				}
			})
		}
	}
}

func TestMaxRetries(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 4} {
		for _, method := range []string{"GET", "PUT", "POST"} {
			inParallel(t, fmt.Sprint(method, n), func(t *testing.T) {
				tenant, client := start(t, retries(n))
				tenant.Fault(fake.Fault{Status: 429, Times: fake.Always})
				err := once[method](t.Context(), client, 100)
				wantStatus(t, err, 429)
				wantCount(t, tenant, method, "", n+1)
			})
		}
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		retryAfter string
		want       time.Duration // 0: backoff
	}{
		"none":           {"", 0},
		"seconds":        {"7", 7 * time.Second},
		"fraction":       {"1.5", 1500 * time.Millisecond},
		"zero":           {"0", 0},
		"negative":       {"-3", 0},
		"not a number":   {"NaN", 0},
		"word":           {"soon", 0},
		"infinite":       {"Inf", 24 * time.Hour},
		"enormous":       {"1e300", 24 * time.Hour},
		"server's date":  {fake.Epoch.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		"date gone by":   {fake.Epoch.Add(-time.Hour).Format(http.TimeFormat), 0},
		"date far ahead": {"Fri, 31 Dec 9999 23:59:59 GMT", 24 * time.Hour},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, pauses := fake.New(), &waits{}
			client := connect(t, tenant, pauses.record)
			id := addSource(tenant)
			tenant.Fault(fake.Fault{Status: 503, RetryAfter: test.retryAfter, Times: 3})
			wantNoError(t, read(t.Context(), client, id))
			wantEqual(t, "pauses", len(pauses.all()), 3)
			for i, got := range pauses.all() {
				from, to := test.want, test.want
				if test.want == 0 {
					to = 500 * time.Millisecond << i
					from = to / 2
				}
				if got < from || got > to {
					t.Errorf("pause %d is %s, want %s to %s", i, got, from, to)
				}
			}
		})
	}
}

// A server whose Date is missing means our own clock.
func TestRetryAfterDateWithoutServerClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		pauses := &waits{}
		header := http.Header{"Retry-After": {time.Now().UTC().Add(time.Minute).Format(http.TimeFormat)}}
		client := connect(t, refusal(503, header, ""), pauses.record, retries(1))
		wantStatus(t, read(t.Context(), client, 100), 503)
		wantEqual(t, "the pauses", pauses.all(), []time.Duration{time.Minute})
	})
}

func TestBackoffStaysBounded(t *testing.T) {
	t.Parallel()
	tenant, pauses := fake.New(), &waits{}
	client := connect(t, tenant, pauses.record, retries(100))
	tenant.Fault(fake.Fault{Times: fake.Always})
	wantStatus(t, read(t.Context(), client, 100), 503)
	wantEqual(t, "pauses", len(pauses.all()), 100)
	for i, got := range pauses.all() {
		if got < 250*time.Millisecond || got > 30*time.Second || i > 6 && got < 15*time.Second {
			t.Errorf("pause %d is %s", i, got)
		}
	}
}

func TestWaitInsideTheDeadlineIsWaitedOut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t, realWaits)
		tenant.Fault(fake.Fault{Status: 503, RetryAfter: "59"})
		tenant.Fault(fake.Fault{Status: 429, RetryAfter: fake.Epoch.Add(30 * time.Second).Format(http.TimeFormat)})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		begin := time.Now()
		_, err := client.CreateSource(ctx, "snowflake", creation("Orders"))
		wantNoError(t, err)
		// What a 429 asks for is spread a little, so that not everybody comes back at once.
		if got, want := time.Since(begin), 89*time.Second; got < want || got > want+4*time.Second {
			t.Errorf("it took %s, want %s and a bit", got, want)
		}
	})
}

// The body of an answer belongs to the attempt: one that stalls is repeated.
func TestRequestTimeoutCoversTheBody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		client := connect(t, tenant, timeout(20*time.Second))
		first := true
		client.SetTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
			response, err := inMemory{tenant}.RoundTrip(r)
			if first && err == nil {
				first, response.Body = false, stalled{r.Context()}
			}
			return response, err
		}))
		wantNoError(t, read(t.Context(), client, id))
		wantCount(t, tenant, "GET", "", 2)
	})
}

type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (stalled) Close() error { return nil }

func TestConnectionRefusedOnTheWire(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	wantNoError(t, err)
	wantNoError(t, listener.Close())
	pauses := &waits{}
	client := newClient(t, "http://"+listener.Addr().String(), pauses.record)
	_, err = client.CreateSource(t.Context(), "snowflake", creation("Orders"))
	wantNotSent(t, err)
	wantEqual(t, "a refused connection", errors.Is(err, syscall.ECONNREFUSED), true)
	wantEqual(t, "pauses", len(pauses.all()), 4)
}

func TestFaultsOnTheWire(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{
		"reset":     {Reset: true},
		"truncated": {Truncate: true},
		"hang":      {Hang: true},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, _ := start(t)
			client := serve(t, tenant, timeout(5*time.Second))
			if fault.Hang {
				client = serve(t, tenant, timeout(50*time.Millisecond), retries(100))
			}
			id := addSource(tenant)
			fault.Method = "PUT"
			tenant.Fault(fault)
			wantNoError(t, once["PUT"](t.Context(), client, id))
			if got := tenant.Journal().Count("PUT", ""); got < 2 {
				t.Errorf("%d requests", got)
			}
			fault.Method = "POST"
			tenant.Fault(fault)
			err := once["POST"](t.Context(), client, id)
			wantEqual(t, err, immuta.IsUncertain(err), true)
			wantCount(t, tenant, "POST", "", 1)
		})
	}
}

func TestUnencodableBodyIsAnError(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	_, err := connect(t, tenant).CreateSource(t.Context(), "snowflake", func() {})
	wantSaid(t, err, "encoding the body of POST /snowflake/handler: ")
	wantCount(t, tenant, "", "", 0)
}
