package immuta_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestNothingIsSentForACallerWhoCannotWait(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		adjust adjust
		occupy int64 // the source whose read uses up what the request has to wait for
		late   bool  // the caller is not canceled, but has too little time
	}{
		"canceled before the request": {adjust: concurrent(1)},
		"canceled waiting for a slot": {adjust: concurrent(1), occupy: 999},
		"canceled waiting for a turn": {adjust: perSecond(0.001), occupy: 998},
		"no turn within the deadline": {adjust: perSecond(0.001), occupy: 998, late: true},
	} {
		for method, send := range once {
			inBubble(t, name+"/"+method, func(t *testing.T) {
				tenant, client, id := withSource(t, test.adjust)
				release := make(chan struct{})
				tenant.Before("GET", "/dataSource/999", func(*fake.Request) { <-release })
				ctx, cancel := context.WithCancelCause(t.Context())
				if test.late {
					ctx = within(t, time.Minute)
				}
				if test.occupy == 0 {
					cancel(errStopped)
				} else {
					inBackground(func() error { return read(t.Context(), client, test.occupy) })
				}
				tenant.ResetJournal()
				begin := time.Now()
				result := inBackground(func() error { return send(ctx, client, id) })
				cancel(errStopped)
				err := <-result
				wantNotSent(t, err)
				if test.late {
					wantSaid(t, err, "requests_per_second allows no further request within the operation's timeout")
				} else if !errors.Is(err, errStopped) {
					t.Errorf("got %v", err)
				}
				wantEqual(t, "the time it took", time.Since(begin), 0)
				wantCount(t, tenant, "", "", 0)
				close(release)
				synctest.Wait()
			})
		}
	}
}

// What ends a request that meets the same fault again and again: after how long, after how many attempts and with which error.
func TestWhatEndsARequest(t *testing.T) {
	t.Parallel()
	const late = `; the next attempt would be in 2m\d(\.\d)?s, after the operation's timeout$`
	hang := fake.Fault{Hang: true}
	for name, test := range map[string]struct {
		methods        string
		fault          fake.Fault
		adjust         adjust
		deadline, stop time.Duration // of the caller
		took           time.Duration
		attempts       int
		text           string // a regular expression
	}{
		"a cancellation in a pause": {
			methods: "GET PUT POST DELETE", fault: fake.Fault{Status: 429, RetryAfter: "3600"},
			stop: time.Minute, took: time.Minute, attempts: 1, text: ".",
		},
		"a cancellation of a read": {
			methods: "GET", fault: hang, adjust: timeout(time.Hour), stop: 5 * time.Second, took: 5 * time.Second, attempts: 1,
			text: `: the user pressed Ctrl\+C$`,
		},
		// A deadline is not a cancellation: it was set with the time in mind that a write takes.
		"a deadline": {
			methods: "GET PUT POST", fault: hang, adjust: timeout(time.Hour), deadline: 10 * time.Second, took: 10 * time.Second, attempts: 1,
			text: `: the operation ran out of time$`,
		},
		"a deadline before the next attempt": {
			methods: "GET PUT POST DELETE", fault: fake.Fault{Status: 503, RetryAfter: "120"}, deadline: time.Minute, attempts: 1, text: late,
		},
		"a deadline before the next turn": {
			methods: "GET PUT POST DELETE", fault: fake.Fault{Status: 429, RetryAfter: "120"}, deadline: time.Minute, attempts: 1, text: late,
		},
		"request_timeout": {
			methods: "GET PUT", fault: hang, adjust: timeout(20 * time.Second), deadline: time.Hour, took: 20 * time.Second * 5, attempts: 5,
			text: `: no answer within request_timeout \(20s\)$`,
		},
		"request_timeout of a create": {
			methods: "POST", fault: hang, adjust: timeout(20 * time.Second), deadline: time.Hour, took: 20 * time.Second, attempts: 1,
			text: `: no answer within request_timeout \(20s\)$`,
		},
	} {
		for method := range strings.FieldsSeq(test.methods) {
			inBubble(t, name+"/"+method, func(t *testing.T) {
				adjusts := []adjust{}
				if !test.fault.Hang {
					adjusts = append(adjusts, realWaits)
				}
				if test.adjust != nil {
					adjusts = append(adjusts, test.adjust)
				}
				tenant, client, id := withSource(t, adjusts...)
				fault := test.fault // The other methods run beside this one.
				fault.Method, fault.Times = method, fake.Always
				tenant.Fault(fault)
				ctx, cancel := context.WithCancelCause(within(t, cmp.Or(test.deadline, 24*time.Hour)))
				defer cancel(nil)
				if test.stop != 0 {
					time.AfterFunc(test.stop, func() { cancel(errStopped) })
				}
				begin := time.Now()
				err := once[method](ctx, client, id)
				wantEqual(t, "the time it took", time.Since(begin), test.took)
				wantCount(t, tenant, method, "", test.attempts)
				if err == nil || !regexp.MustCompile(test.text).MatchString(err.Error()) {
					t.Errorf("got %v, want %s", err, test.text)
				}
				if !test.fault.Hang {
					if test.stop == 0 {
						wantStatus(t, err, test.fault.Status)
					}
				} else if e := wantAs[*immuta.NoAnswerError](t, err); e.NotSent || !immuta.IsUncertain(err) {
					t.Errorf("got %v, want doubt", err)
				}
			})
		}
	}
}

func TestWriteUnderWayIsGivenGrace(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"PUT", "POST", "DELETE"} {
		for _, test := range []struct {
			takes, want time.Duration
			ok          bool
		}{
			{10 * time.Second, 10 * time.Second, true},
			{time.Hour, 5*time.Second + immuta.Grace, false},
		} {
			inBubble(t, fmt.Sprint(method, " takes ", test.takes), func(t *testing.T) {
				tenant, client := startWith(t, []fake.Option{fake.WithoutHardDelete()}, timeout(24*time.Hour), realWaits)
				id := addSource(tenant)
				tenant.Before(method, "", func(*fake.Request) { time.Sleep(test.takes) })
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(5*time.Second, func() { cancel(errStopped) })
				begin := time.Now()
				err := once[method](ctx, client, id)
				wantEqual(t, "the time it took", time.Since(begin), test.want)
				wantCount(t, tenant, method, "", 1)
				switch {
				case method == "DELETE" && test.ok:
					// Disabling has succeeded; destroying is not begun.
					if e := wantAs[*immuta.NoAnswerError](t, err); !e.NotSent || !errors.Is(err, errStopped) {
						t.Errorf("got %v", err)
					}
					if source, ok := tenant.Source(int(id)); !ok || !source.Deleted {
						t.Error("the source is not disabled")
					}
				case test.ok:
					wantNoError(t, err)
				default:
					if !immuta.IsUncertain(err) || !errors.Is(err, errStopped) {
						t.Errorf("got %v, want doubt", err)
					}
				}
				time.Sleep(time.Hour) // lets the tenant finish
			})
		}
	}
}

func TestCancelledWriteIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"PUT", "POST"} {
		inParallel(t, method, func(t *testing.T) {
			tenant, client := start(t, func(c *immuta.Config) { c.Wait = func(context.Context, time.Duration) error { return nil } })
			ctx, cancel := context.WithCancelCause(t.Context())
			id := addSource(tenant)
			tenant.Before(method, "", func(*fake.Request) { cancel(errStopped) })
			tenant.Fault(fake.Fault{Method: method, Status: 503, RetryAfter: "1"})
			err := once[method](ctx, client, id)
			wantStatus(t, err, 503)
			wantCount(t, tenant, method, "", 1)
		})
	}
}

func TestLookupContextOutlivesItsOperation(t *testing.T) {
	bubble(t, func(t *testing.T) {
		type key struct{}
		parent, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "kept"), time.Second)
		cancel()
		ctx, end := immuta.LookupContext(parent)
		defer end()
		if ctx.Err() != nil || ctx.Value(key{}) != "kept" {
			t.Errorf("%v, %v", ctx.Err(), ctx.Value(key{}))
		}
		begin := time.Now()
		<-ctx.Done()
		wantEqual(t, "how long it lasted", time.Since(begin), immuta.Grace)
	})
}

func TestWaitEndsWithTheContext(t *testing.T) {
	bubble(t, func(t *testing.T) {
		client := newClient(t, "http://immuta.test", realWaits)
		begin := time.Now()
		wantNoError(t, client.Wait(t.Context(), time.Minute))
		wantEqual(t, "the time it took", time.Since(begin), time.Minute)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		err := client.Wait(ctx, time.Minute)
		wantSaid(t, err, errStopped.Error())
	})
}
