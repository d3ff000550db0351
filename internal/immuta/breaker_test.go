package immuta_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// callers is how many use a client at once in these tests: more than there may be requests.
const callers = 64

// fresh makes a client that waits in earnest and has sent nothing yet.
func fresh(t *testing.T, transport http.RoundTripper, adjusts ...adjust) *immuta.Client {
	t.Helper()
	client := newClient(t, "http://immuta.test", append([]adjust{realWaits}, adjusts...)...)
	client.SetTransport(transport)
	return client
}

// link is a network: broken ends requests instead of the tenant, unless it returns nil.
type link struct {
	http.RoundTripper
	attempts atomic.Int64

	mu     sync.Mutex
	broken func(*http.Request) error
}

// breaks changes what is broken; nil mends it.
func (l *link) breaks(broken func(*http.Request) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = broken
}

func (l *link) RoundTrip(r *http.Request) (*http.Response, error) {
	l.attempts.Add(1)
	l.mu.Lock()
	broken := l.broken
	l.mu.Unlock()
	if broken != nil {
		if err := broken(r); err != nil {
			return nil, err
		}
	}
	return l.RoundTripper.RoundTrip(r)
}

// always breaks every request.
func always(err error) func(*http.Request) error { return func(*http.Request) error { return err } }

// atOnce runs a function for every caller at once, and returns what failed.
func atOnce(run func(i int) error) []error {
	failures := make([]error, callers)
	_ = parallel(callers, func(i int) error { failures[i] = run(i); return nil })
	return failures
}

// wantOneReport fails unless all errors have their cause in common and are reported as full once. It returns a line of the others.
func wantOneReport(t *testing.T, failures []error) (line string, full error) {
	t.Helper()
	for _, err := range failures {
		common := wantAs[*immuta.CommonError](t, err)
		switch other, one := common.Report(); {
		case one != nil && full != nil:
			t.Fatalf("reported twice: %v and %v", full, one)
		case one != nil:
			full = one
		default:
			line = other
		}
	}
	if full == nil {
		t.Fatal("reported nowhere")
	}
	return line, full
}

var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	errReset   = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	errNoHost  = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "immuta.test", IsNotFound: true}}
)

func TestRefusedKeyIsMetOnce(t *testing.T) {
	t.Parallel()
	for form, want := range map[immuta.Authentication][]string{
		immuta.APIKey: {"GET /dataSource/1", "GET /bim/rpc/user/current"},
		immuta.Bearer: {"GET /dataSource/1", "GET /bim/rpc/user/current"},
		immuta.Token:  {"POST " + exchange},
	} {
		inBubble(t, string(form), func(t *testing.T) {
			tenant := fake.New()
			client := fresh(t, inMemory{tenant}, func(c *immuta.Config) { c.APIKey, c.Authentication = "wrong-key", form })
			failures := atOnce(func(i int) error { return read(t.Context(), client, int64(i+1)) })
			for i := range 300 {
				failures = append(failures, read(t.Context(), client, int64(i+1)))
			}
			line, full := wantOneReport(t, failures)
			wantStatus(t, full, http.StatusUnauthorized)
			requests := tenant.Journal().Lines()
			wantEqual(t, "the line", line, fmt.Sprintf("Not tried: the API key was refused, as reported for the first object (%s).", requests[0]))
			requests[0] = regexp.MustCompile(`\d+`).ReplaceAllString(requests[0], "1")
			wantEqual(t, "requests", requests, want)
			wantEqual(t, "what was not tried is uncertain", immuta.IsUncertain(failures[len(failures)-1]), false)
			wantSaid(t, failures[len(failures)-1], ": not tried: the API key was refused")
		})
	}
}

func TestTenantThatCannotBeReachedIsTriedOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err      error
		attempts map[int]int64 // by max_retries
		line     string
	}{
		"refused": {errRefused, map[int]int64{0: 1, 1: 2, 4: 5}, "no connection to the tenant could be made"},
		"refused by the proxy": {
			&net.OpError{Op: "proxyconnect", Net: "tcp", Err: errRefused}, map[int]int64{4: 5}, "no connection to the tenant could be made",
		},
		"no route": {
			&net.OpError{Op: "dial", Net: "tcp", Err: syscall.EHOSTUNREACH}, map[int]int64{4: 5}, "no connection to the tenant could be made",
		},
		"no answer to the dialer": {
			&net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}, map[int]int64{0: 1, 4: 1}, "no connection to the tenant could " +
				"be made",
		},
		"unknown host": {errNoHost, map[int]int64{0: 1, 4: 1}, "the tenant's host name was not found"},
		"certificate": {
			&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, map[int]int64{4: 1}, "the tenant's TLS certificate was refused",
		},
		"scheme": {errors.New(`malformed HTTP response "\x15\x03\x01"`), map[int]int64{4: 1}, "host has the wrong scheme"},
	} {
		for n, want := range test.attempts {
			for method, send := range once {
				inBubble(t, fmt.Sprint(name, "/", n, "/", method), func(t *testing.T) {
					dead := &link{broken: always(test.err)}
					client := fresh(t, dead, retries(n))
					failures := atOnce(func(i int) error { return send(t.Context(), client, int64(i+1)) })
					failures = append(failures, read(t.Context(), client, 1))
					line, _ := wantOneReport(t, slices.DeleteFunc(failures, func(err error) bool {
						var common *immuta.CommonError
						return method == "DELETE" && !errors.As(err, &common)
					}))
					if !strings.HasPrefix(line, "Not tried: "+test.line) {
						t.Errorf("the line is %q", line)
					}
					wantEqual(t, "attempts", dead.attempts.Load(), want)
					for _, err := range failures {
						wantEqual(t, err, immuta.IsUncertain(err), false)
					}
				})
			}
		}
	}
}

// What is under way when the first one meets the failure waits for its outcome, and sends nothing more.
func TestRequestsUnderWayJoinTheFirst(t *testing.T) {
	t.Parallel()
	const requests = immuta.DefaultMaxConcurrentRequests
	for name, test := range map[string]struct {
		err   error // nil: the key is refused
		want  int64
		cause string
	}{
		"a refused key":        {nil, requests + 1, "the API key was refused"},
		"a refused connection": {errRefused, requests + 4, "no connection to the tenant could be made"},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			network := &link{RoundTripper: inMemory{tenant}}
			client := fresh(t, network)
			wantNoError(t, read(t.Context(), client, addSource(tenant)))
			network.attempts.Store(0)
			release := make(chan struct{})
			network.breaks(func(*http.Request) error { <-release; return test.err })
			go func() {
				synctest.Wait()
				wantEqual(t, "requests under way", network.attempts.Load(), requests)
				tenant.RevokeKey(fake.DefaultAPIKey)
				close(release)
			}()
			failures := atOnce(func(i int) error { return read(t.Context(), client, int64(i+1)) })
			_, _ = wantOneReport(t, failures)
			wantEqual(t, "requests", network.attempts.Load(), test.want)
			lines := map[string]int{}
			for _, err := range failures {
				line, _ := wantAs[*immuta.CommonError](t, err).Report()
				before, _, _ := strings.Cut(line, ", as reported")
				lines[before]++
			}
			wantEqual(t, "the lines", lines, map[string]int{
				"Failed likewise: " + test.cause: requests, "Not tried: " + test.cause: callers - requests,
			})
		})
	}
}

// Whoever waits for a slot or for a turn when the first one fails is not sent afterwards, and does not use up turns.
func TestWhoWaitsForItsTurnIsNotSent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		network := &link{RoundTripper: inMemory{tenant}}
		client := fresh(t, network, concurrent(8), perSecond(1))
		wantNoError(t, read(t.Context(), client, addSource(tenant)))
		network.attempts.Store(0)
		tenant.RevokeKey(fake.DefaultAPIKey)
		begin := time.Now()
		_, _ = wantOneReport(t, atOnce(func(i int) error { return read(t.Context(), client, int64(i+1)) }))
		wantEqual(t, "requests", network.attempts.Load(), 2)
		// The first one, the seven that had a slot like it, and the one that asks for the key's user.
		wantEqual(t, "the time it took", time.Since(begin).Round(time.Second), 9*time.Second)
	})
}

// However long the first one pauses, the others do not try by themselves.
func TestLongPausesAreWaitedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		dead := &link{broken: always(errRefused)}
		client := fresh(t, dead, func(c *immuta.Config) { c.Wait = newPause(time.Minute) })
		begin := time.Now()
		_, _ = wantOneReport(t, atOnce(func(i int) error { return read(t.Context(), client, int64(i+1)) }))
		wantEqual(t, "attempts", dead.attempts.Load(), 5)
		wantEqual(t, "the time it took", time.Since(begin), 4*time.Minute)
	})
}

// A key that is refused while others are still answered was revoked meanwhile.
func TestRefusedKeyIsNoticedAmongAnswers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		network := &link{RoundTripper: inMemory{tenant}}
		client := fresh(t, network)
		wantNoError(t, read(t.Context(), client, id))
		network.breaks(func(r *http.Request) error {
			if r.URL.Path == "/dataSource/1" {
				time.Sleep(time.Second)
			}
			return nil
		})
		late := inBackground(func() error { return read(t.Context(), client, 1) })
		wantNoError(t, read(t.Context(), client, id))
		tenant.RevokeKey(fake.DefaultAPIKey)
		_, _ = wantOneReport(t, []error{<-late, read(t.Context(), client, id)})
	})
}

// What happens now and then under load happens to one request.
func TestFailuresOfOneRequestAreItsOwn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err     error
		retries int
		left    int // how many fail in the end
	}{
		"a reset":                               {errReset, 1, 0},
		"a refused connection":                  {errRefused, 1, 0},
		"a refused connection, without retries": {errRefused, 0, 1},
		"a timeout of the dialer":               {&net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}, 1, 1},
		"a host that was not found":             {errNoHost, 1, 1},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			network := &link{RoundTripper: distant(tenant)}
			client := fresh(t, network, retries(test.retries))
			ids := addSources(tenant, callers)
			wantNoError(t, read(t.Context(), client, ids[0]))
			var met atomic.Bool
			network.breaks(func(*http.Request) error {
				if met.CompareAndSwap(false, true) {
					return test.err
				}
				return nil
			})
			failures := slices.DeleteFunc(atOnce(func(i int) error { return read(t.Context(), client, ids[i]) }),
				func(err error) bool { return err == nil })
			if len(failures) != test.left {
				t.Fatalf("%d failed, want %d: %v", len(failures), test.left, failures)
			}
			for _, err := range failures {
				if common := (*immuta.CommonError)(nil); errors.As(err, &common) {
					t.Errorf("%v is taken for what all meet", err)
				}
			}
		})
	}
}

// Failures to connect that are met while others are answered say nothing of all, however many they are.
func TestAnswersOfOthersKeepTheClientGoing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		network := &link{RoundTripper: inMemory{tenant}}
		client := fresh(t, network)
		id := addSource(tenant)
		network.breaks(func(r *http.Request) error {
			if r.URL.Path == "/dataSource/1" {
				time.Sleep(time.Second)
				return errRefused
			}
			return nil
		})
		wantNoError(t, read(t.Context(), client, id))
		unlucky := inBackground(func() error { return read(t.Context(), client, 1) })
		for range 100 {
			wantNoError(t, read(t.Context(), client, id))
			time.Sleep(200 * time.Millisecond)
		}
		err := <-unlucky
		if common := (*immuta.CommonError)(nil); err == nil || errors.As(err, &common) {
			t.Errorf("got %v", err)
		}
	})
}

// A call that answers 401 for a reason of its own says nothing of the key.
func TestRefusalOfOneCallIsItsOwn(t *testing.T) {
	t.Parallel()
	for _, form := range forms {
		inBubble(t, string(form), func(t *testing.T) {
			tenant := fake.New()
			client := fresh(t, inMemory{tenant}, func(c *immuta.Config) { c.Authentication = form })
			ids := addSources(tenant, callers)
			tenant.Fault(fake.Fault{Path: fmt.Sprint("/dataSource/", ids[0]), Status: http.StatusUnauthorized, Times: fake.Always})
			failures := atOnce(func(i int) error { return read(t.Context(), client, ids[i]) })
			wantStatus(t, failures[0], http.StatusUnauthorized)
			if common := (*immuta.CommonError)(nil); errors.As(failures[0], &common) {
				t.Errorf("%v is taken for what all meet", failures[0])
			}
			wantNoError(t, errors.Join(failures[1:]...))
		})
	}
}

// Whether the key is good stays open when nobody can tell: nobody else fails for it.
func TestRefusalWithoutAWitnessIsItsOwn(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{"an error": {Status: 500}, "no answer": {Reset: true}} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			client := fresh(t, inMemory{tenant})
			id := addSource(tenant)
			fault.Path = "/bim/rpc/user/current"
			tenant.Fault(fault)
			tenant.Fault(fake.Fault{Path: "/dataSource/1", Status: http.StatusUnauthorized})
			err := read(t.Context(), client, 1)
			if common := (*immuta.CommonError)(nil); immuta.StatusOf(err) != http.StatusUnauthorized || errors.As(err, &common) {
				t.Errorf("got %v", err)
			}
			wantNoError(t, read(t.Context(), client, id))
		})
	}
}

func TestWhoLeavesDoesNotSpoilItForOthers(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]error{"before an answer": nil, "in a pause": errRefused} {
		for _, method := range []string{"GET", "PUT", "POST"} {
			inBubble(t, name+"/"+method, func(t *testing.T) {
				tenant := fake.New()
				id := addSource(tenant)
				ctx, cancel := context.WithCancelCause(t.Context())
				var met atomic.Bool
				network := &link{RoundTripper: inMemory{tenant}, broken: func(r *http.Request) error {
					if met.CompareAndSwap(false, true) {
						if broken == nil {
							<-r.Context().Done()
							return r.Context().Err()
						}
						return broken
					}
					return nil
				}}
				client := fresh(t, network, timeout(time.Second))
				first := inBackground(func() error { return once[method](ctx, client, id) })
				others := inBackground(func() error {
					return errors.Join(atOnce(func(int) error { return read(t.Context(), client, id) })...)
				})
				wantEqual(t, "attempts", network.attempts.Load(), 1)
				cancel(errStopped)
				if err := <-first; err == nil {
					t.Error("who left got an answer")
				}
				wantNoError(t, <-others)
			})
		}
	}
}

// Whoever leaves before there is an outcome leaves the others waiting for the next one, who goes on where it left.
func TestWhoLeavesIsFollowedByOneRequest(t *testing.T) {
	t.Parallel()
	hang := func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }
	for name, test := range map[string]struct {
		first    func(ctx context.Context, c *immuta.Client) error
		broken   func(*http.Request) error
		answered bool // before
		attempts int64
	}{
		"canceled in a pause": {
			func(ctx context.Context, c *immuta.Client) error { return read(ctx, c, 1) }, always(errRefused), false, 5,
		},
		"canceled in a pause, after an answer": {
			func(ctx context.Context, c *immuta.Client) error { return read(ctx, c, 1) }, always(errRefused), true, 5,
		},
		"canceled before an answer": {func(ctx context.Context, c *immuta.Client) error { return read(ctx, c, 1) }, hang, false, 1 + 5},
		"not sent at all": {
			func(ctx context.Context, c *immuta.Client) error { _, err := c.SourceByName(ctx, ".."); return err }, hang, false, 5,
		},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			network := &link{RoundTripper: inMemory{tenant}}
			client := fresh(t, network)
			if test.answered {
				wantNoError(t, read(t.Context(), client, addSource(tenant)))
				network.attempts.Store(0)
			}
			network.breaks(test.broken)
			ctx, cancel := context.WithCancelCause(t.Context())
			first := inBackground(func() error { return test.first(ctx, client) })
			network.breaks(func(*http.Request) error { time.Sleep(time.Millisecond); return errRefused })
			others := make(chan []error, 1)
			go func() { others <- atOnce(func(i int) error { return read(t.Context(), client, int64(i+2)) }) }()
			synctest.Wait()
			cancel(errStopped)
			if err := <-first; err == nil {
				t.Error("who left got an answer")
			}
			_, _ = wantOneReport(t, <-others)
			wantEqual(t, "attempts", network.attempts.Load(), test.attempts)
		})
	}
}

// An answer to a request that was under way ends the wait for the one that failed, but no outage that has begun since.
func TestAnswerOfAnEarlierRequest(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"before the retries are used up": 4, "after an outage has begun": 0} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			id, long := addSource(tenant), addSource(tenant)
			network := &link{RoundTripper: inMemory{tenant}}
			client := fresh(t, network, retries(n), func(c *immuta.Config) { c.Wait = newPause(time.Hour) })
			wantNoError(t, read(t.Context(), client, id))
			tenant.Before("GET", fmt.Sprint("/dataSource/", long), func(*fake.Request) { time.Sleep(2 * time.Second) })
			begin := time.Now()
			slow := inBackground(func() error { return read(t.Context(), client, long) })
			network.breaks(always(errRefused))
			failed := inBackground(func() error { return read(t.Context(), client, 1) })
			another := inBackground(func() error { return read(t.Context(), client, 2) })
			network.breaks(nil)
			if n == 0 {
				wantNoError(t, <-slow)
				_ = wantAs[*immuta.CommonError](t, <-another)
				_ = wantAs[*immuta.CommonError](t, read(t.Context(), client, id))
				return
			}
			wantStatus(t, <-another, http.StatusNotFound)
			wantEqual(t, "the wait", time.Since(begin), 2*time.Second)
			wantNoError(t, <-slow)
			wantStatus(t, <-failed, http.StatusNotFound)
		})
	}
}

// A request that is tried in an outage keeps the next one from being tried for as long as it lasts.
func TestSlowProbeStaysTheOnlyOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		network := &link{RoundTripper: inMemory{tenant}, broken: always(errRefused)}
		client := fresh(t, network)
		_, _ = wantOneReport(t, []error{read(t.Context(), client, id)})
		network.breaks(func(*http.Request) error { time.Sleep(30 * time.Second); return nil })
		time.Sleep(10 * time.Second)
		network.attempts.Store(0)
		probe := inBackground(func() error { return read(t.Context(), client, id) })
		for range 29 {
			time.Sleep(time.Second)
			lines(t, []error{read(t.Context(), client, id+1)})
		}
		wantNoError(t, <-probe)
		wantEqual(t, "attempts", network.attempts.Load(), 1)

		// Nothing is left of the failures before.
		network.attempts.Store(0)
		network.breaks(always(errRefused))
		_, _ = wantOneReport(t, []error{read(t.Context(), client, id)})
		wantEqual(t, "attempts", network.attempts.Load(), 5)
	})
}

func TestWhoWaitsForTheFirstCanLeave(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		release := make(chan struct{})
		network := &link{RoundTripper: inMemory{tenant}, broken: func(*http.Request) error { <-release; return nil }}
		client := fresh(t, network)
		first := inBackground(func() error { return read(t.Context(), client, 1) })
		ctx, cancel := context.WithCancelCause(t.Context())
		second := inBackground(func() error { return once["POST"](ctx, client, 2) })
		cancel(errStopped)
		err := <-second
		wantNotSent(t, err)
		wantEqual(t, "it says why", errors.Is(err, errStopped), true)
		close(release)
		wantStatus(t, <-first, http.StatusNotFound)
		wantEqual(t, "attempts", network.attempts.Load(), 1)
	})
}

// One request alone is sent at first, but nobody waits long for a slow one.
func TestSlowFirstRequestHoldsOthersUpForAWhile(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]bool{"at first": false, "after a failure": true} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			id := addSource(tenant)
			tenant.Before("GET", "/dataSource/1", func(*fake.Request) { time.Sleep(30 * time.Second) })
			network := &link{RoundTripper: inMemory{tenant}}
			var met atomic.Bool
			met.Store(!broken)
			network.breaks(func(*http.Request) error {
				if met.CompareAndSwap(false, true) {
					return errRefused
				}
				return nil
			})
			client := fresh(t, network, func(c *immuta.Config) { c.Wait = newPause(time.Second) })
			begin := time.Now()
			first := inBackground(func() error { return read(t.Context(), client, 1) })
			wantNoError(t, errors.Join(atOnce(func(int) error { return read(t.Context(), client, id) })...))
			want := 5 * time.Second
			if broken {
				want += time.Second // the pause, in which nothing is tried
			}
			wantEqual(t, "how long the others waited", time.Since(begin), want)
			wantStatus(t, <-first, http.StatusNotFound)
		})
	}
}

// newPause is a [immuta.Config.Wait] that always takes as long.
func newPause(d time.Duration) func(context.Context, time.Duration) error {
	return func(context.Context, time.Duration) error { time.Sleep(d); return nil }
}

// A request that breaks off without telling anything of others lets them go on.
func TestFirstRequestThatTellsNothingLetsTheOthersGo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		network := &link{RoundTripper: distant(tenant)}
		ids := addSources(tenant, callers)
		var met atomic.Bool
		network.breaks(func(*http.Request) error {
			if met.CompareAndSwap(false, true) {
				return errReset
			}
			return nil
		})
		client := fresh(t, network, retries(0))
		first := inBackground(func() error { return read(t.Context(), client, ids[0]) })
		begin := time.Now()
		wantNoError(t, errors.Join(atOnce(func(i int) error { return read(t.Context(), client, ids[i]) })...))
		wantEqual(t, "how long they took", time.Since(begin), 80*time.Millisecond)
		if err := <-first; err == nil {
			t.Error("the reset was no error")
		}
	})
}

func TestOneRequestAtATimeIsTriedAfterAWhile(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		network := &link{RoundTripper: distant(tenant), broken: always(errRefused)}
		client := fresh(t, network)
		ask := func(attempts int64) []error {
			network.attempts.Store(0)
			failures := atOnce(func(int) error { return read(t.Context(), client, id) })
			more := read(t.Context(), client, id+1)
			wantEqual(t, "attempts", network.attempts.Load(), attempts)
			return append(failures, more)
		}
		_, _ = wantOneReport(t, ask(5))
		time.Sleep(10*time.Second - time.Nanosecond)
		lines(t, ask(0))
		time.Sleep(time.Nanosecond)
		lines(t, ask(1)) // It is another attempt of what was reported.
		time.Sleep(9 * time.Second)
		lines(t, ask(0))
		network.breaks(nil)
		time.Sleep(time.Second)

		begin := time.Now()
		probe := inBackground(func() error { return read(t.Context(), client, id) })
		lines(t, []error{read(t.Context(), client, id+1), once["POST"](t.Context(), client, id)})
		wantEqual(t, "the wait of those who are not the probe", time.Since(begin), 0)
		wantNoError(t, <-probe)
		wantNoError(t, errors.Join(atOnce(func(int) error { return read(t.Context(), client, id) })...))

		network.breaks(always(errRefused))
		_, _ = wantOneReport(t, ask(5))
	})
}

// lines fails the test unless all errors refer to one that was reported before.
func lines(t *testing.T, failures []error) {
	t.Helper()
	for _, err := range failures {
		line, full := wantAs[*immuta.CommonError](t, err).Report()
		if full != nil || !strings.Contains(line, "as reported for the first object") {
			t.Errorf("%q, in full %v", line, full)
		}
	}
}

func TestAnotherOutageIsReportedAsWell(t *testing.T) {
	bubble(t, func(t *testing.T) {
		network := &link{RoundTripper: inMemory{fake.New()}, broken: always(errRefused)}
		client := fresh(t, network, func(c *immuta.Config) { c.APIKey = "wrong-key" })
		_, _ = wantOneReport(t, []error{read(t.Context(), client, 1), read(t.Context(), client, 2)})
		network.breaks(always(errNoHost))
		time.Sleep(10 * time.Second)
		_, full := wantOneReport(t, []error{read(t.Context(), client, 1), read(t.Context(), client, 2)})
		wantSaid(t, full, "no such host")
		network.breaks(nil)
		time.Sleep(10 * time.Second)
		line, full := wantOneReport(t, []error{read(t.Context(), client, 1), read(t.Context(), client, 2)})
		wantStatus(t, full, http.StatusUnauthorized)
		wantEqual(t, "the line", line, "Not tried: the API key was refused, as reported for the first object (GET /dataSource/1).")
	})
}

// What one call answers for a reason of its own begins no outage after another one either.
func TestOutageEndsWithAnAnswerOfAnyKind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		network := &link{RoundTripper: inMemory{tenant}, broken: always(errRefused)}
		client := fresh(t, network)
		_, _ = wantOneReport(t, []error{read(t.Context(), client, id)})
		network.breaks(nil)
		time.Sleep(10 * time.Second)
		tenant.Fault(fake.Fault{Status: http.StatusUnauthorized})
		wantStatus(t, read(t.Context(), client, id), http.StatusUnauthorized)
		wantNoError(t, read(t.Context(), client, id))
	})
}

// A key that was refused counts as good again when somebody gets an answer who needs one, not when a gateway answers.
func TestOnlyAcceptedKeysEndARefusal(t *testing.T) {
	t.Parallel()
	for status, ends := range map[int]bool{200: true, 403: true, 404: true, 422: true, 302: false, 429: false, 500: false, 503: false} {
		inBubble(t, fmt.Sprint(status), func(t *testing.T) {
			tenant := fake.New()
			id := addSource(tenant)
			client := fresh(t, inMemory{tenant}, retries(0))
			tenant.Fault(fake.Fault{Status: http.StatusUnauthorized, Times: 2})
			wantStatus(t, read(t.Context(), client, id), http.StatusUnauthorized)
			time.Sleep(10 * time.Second)
			if status != 200 {
				tenant.Fault(fake.Fault{Status: status})
				wantStatus(t, read(t.Context(), client, id), status)
			} else {
				wantNoError(t, read(t.Context(), client, id))
			}
			if err := read(t.Context(), client, id); ends != (err == nil) {
				t.Errorf("then: %v", err)
			}
		})
	}
}

// A session that has ended meanwhile is no refusal of the key, also for the request that is tried in an outage.
func TestSessionIsRenewedInAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		network := &link{RoundTripper: inMemory{tenant}}
		client := fresh(t, network, token)
		wantNoError(t, read(t.Context(), client, id))
		tenant.ExpireSessions()
		network.breaks(always(errRefused))
		_, _ = wantOneReport(t, []error{read(t.Context(), client, id)})
		network.breaks(nil)
		time.Sleep(10 * time.Second)
		wantNoError(t, read(t.Context(), client, id))

		// The same for an outage that a refused exchange has begun.
		tenant.ExpireSessions()
		tenant.Fault(fake.Fault{Path: exchange, Status: http.StatusUnauthorized})
		_, _ = wantOneReport(t, []error{read(t.Context(), client, id), read(t.Context(), client, id+1)})
		time.Sleep(10 * time.Second)
		wantNoError(t, read(t.Context(), client, id))
	})
}

// A write that may have taken effect stays in doubt, and one that was not sent is in none.
func TestDoubtOutlivesTheOutage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		var met atomic.Int64
		network := &link{RoundTripper: inMemory{tenant}, broken: func(*http.Request) error {
			if met.Add(1) == 1 {
				return errReset
			}
			return errRefused
		}}
		client := fresh(t, network)
		put := once["PUT"](t.Context(), client, id)
		_ = wantAs[*immuta.CommonError](t, put)
		wantEqual(t, "the PUT is uncertain", immuta.IsUncertain(put), true)
		for _, method := range []string{"PUT", "POST"} {
			err := once[method](t.Context(), client, id)
			_ = wantAs[*immuta.CommonError](t, err)
			wantEqual(t, method+" is uncertain", immuta.IsUncertain(err), false)
		}
	})
}

// Whoever shows an error first shows it in full: who met it may have swallowed it.
func TestWhatNobodyShowsIsReportedByTheNext(t *testing.T) {
	bubble(t, func(t *testing.T) {
		client := fresh(t, inMemory{fake.New()}, func(c *immuta.Config) { c.APIKey = "wrong-key" })
		_ = read(t.Context(), client, 1)
		_, full := wantOneReport(t, []error{read(t.Context(), client, 2), read(t.Context(), client, 3)})
		wantSaid(t, full, "GET /dataSource/1: 401 Unauthorized")
	})
}

// Who the key belongs to is not asked twice.
func TestRefusalOfTheWitnessNeedsNoOther(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		client := fresh(t, inMemory{tenant}, func(c *immuta.Config) { c.APIKey = "wrong-key" })
		_, err := client.CurrentUser(t.Context())
		_, _ = wantOneReport(t, []error{err, read(t.Context(), client, 1)})
		wantCount(t, tenant, "", "", 1)
	})
}

// S3's own calls have credentials of their own.
func TestRefusalOfOtherCredentialsIsTheirOwn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		client := fresh(t, inMemory{tenant})
		tenant.Fault(fake.Fault{Status: http.StatusUnauthorized, Times: fake.Always})
		_, err := client.Object(t.Context(), "bucket", "", "key", 1)
		wantStatus(t, err, http.StatusUnauthorized)
		wantCount(t, tenant, "", "", 1)
		tenant.ClearFaults()
		wantNoError(t, read(t.Context(), client, id))
	})
}
