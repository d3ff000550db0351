package immuta_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestCancellationStartsNothingNew(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		adjust adjust
		// occupy uses up what the request has to wait for.
		occupy func(context.Context, *immuta.Client)
	}{
		"before the request": {},
		"waiting for a slot": {concurrent(1), func(ctx context.Context, c *immuta.Client) {
			go func() { _, _ = c.Source(ctx, 999) }()
		}},
		"waiting for a turn": {perSecond(0.001), func(ctx context.Context, c *immuta.Client) { _, _ = c.Source(ctx, 998) }},
	} {
		for method, send := range once {
			inBubble(t, name+"/"+method, func(t *testing.T) {
				tenant, client := start(t)
				if test.adjust != nil {
					client = connect(t, tenant, test.adjust)
				}
				id := addSource(tenant)
				release := make(chan struct{})
				tenant.Before("GET", "/dataSource/999", func(*fake.Request) { <-release })
				ctx, cancel := context.WithCancelCause(t.Context())
				result := make(chan error, 1)
				if test.occupy == nil {
					cancel(errStopped)
				} else {
					test.occupy(t.Context(), client)
					synctest.Wait()
				}
				tenant.ResetJournal()
				go func() { result <- send(ctx, client, id) }()
				synctest.Wait()
				cancel(errStopped)
				err := <-result
				if e := wantNoAnswer(t, err); !e.NotSent || immuta.IsUncertain(err) || !errors.Is(err, errStopped) {
					t.Errorf("got %v", err)
				}
				wantCount(t, tenant, "", "", 0)
				close(release)
				synctest.Wait()
			})
		}
	}
}

func TestCancellationEndsThePause(t *testing.T) {
	t.Parallel()
	for method, send := range once {
		inBubble(t, method, func(t *testing.T) {
			tenant, client, id := withSource(t, realWaits)
			tenant.Fault(fake.Fault{Method: method, Status: 429, RetryAfter: "3600", Times: fake.Always})
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Minute, func() { cancel(errStopped) })
			begin := time.Now()
			err := send(ctx, client, id)
			if err == nil {
				t.Error("it succeeded")
			}
			wantEqual(t, "the time it took", time.Since(begin), time.Minute)
			wantCount(t, tenant, method, "", 1)
		})
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
					if e := wantNoAnswer(t, err); !e.NotSent || !errors.Is(err, errStopped) {
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

func TestReadUnderWayEndsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		defer tenant.Close()
		client := connect(t, tenant, timeout(time.Hour))
		tenant.Fault(fake.Fault{Hang: true})
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(5*time.Second, func() { cancel(errStopped) })
		begin := time.Now()
		_, err := client.Source(ctx, 100)
		if !errors.Is(wantNoAnswer(t, err), errStopped) {
			t.Errorf("got %v", err)
		}
		wantEqual(t, "the time it took", time.Since(begin), 5*time.Second)
		wantCount(t, tenant, "", "", 1)
	})
}

// A deadline is not a cancellation: it was set with the time in mind that a write takes.
func TestDeadlineLeavesNoGrace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := fake.New()
		defer tenant.Close()
		client := connect(t, tenant, timeout(time.Hour))
		id := addSource(tenant)
		tenant.Fault(fake.Fault{Hang: true})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := client.UpdateSource(ctx, id, immuta.Settings{"description": "x"})
		if !errors.Is(wantNoAnswer(t, err), context.DeadlineExceeded) || !immuta.IsUncertain(err) {
			t.Errorf("got %v", err)
		}
		wantEqual(t, "the time it took", time.Since(begin), 5*time.Second)
	})
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
		if err := client.Wait(ctx, time.Minute); err == nil || !strings.Contains(err.Error(), errStopped.Error()) {
			t.Errorf("got %v", err)
		}
	})
}
