package immuta_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestIdenticalReadsInFlightAreShared(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client, id := withSource(t)
		release := make(chan struct{})
		tenant.Before("GET", "", func(*fake.Request) { <-release })
		go func() {
			synctest.Wait()
			close(release)
		}()
		sources := make([]*immuta.Source, 10)
		wantNoError(t, parallel(len(sources), func(i int) (err error) {
			sources[i], err = client.Source(t.Context(), id)
			return err
		}))
		wantCount(t, tenant, "GET", "", 1)
		sources[0].Name = "changed by its caller"
		if sources[1].Name == sources[0].Name {
			t.Error("two callers were given one object")
		}

		_, err := client.Source(t.Context(), id)
		wantNoError(t, err)
		wantCount(t, tenant, "GET", "", 2) // What has landed is not kept.
	})
}

func TestReadsThatDifferAreNotShared(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t)
		release := make(chan struct{})
		tenant.Before("GET", "", func(*fake.Request) { <-release })
		go func() {
			synctest.Wait()
			close(release)
		}()
		wantNoError(t, parallel(2, func(i int) error {
			_, err := client.FindSources(t.Context(), immuta.Search{Hostname: fmt.Sprint(i)}, 1)
			return err
		}))
		wantCount(t, tenant, "GET", "", 2) // Their queries differ.
	})
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

func TestReadBackNeverJoinsAnOlderRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		write func(context.Context, *immuta.Client, int64) error
		fault fake.Fault
	}{
		"PUT": {write: func(ctx context.Context, c *immuta.Client, id int64) error {
			_, err := c.UpdateSource(ctx, id, immuta.Settings{"description": "new"})
			return err
		}},
		"PUT whose answer is lost": {
			write: func(ctx context.Context, c *immuta.Client, id int64) error {
				if _, err := c.UpdateSource(ctx, id, immuta.Settings{"description": "new"}); err == nil {
					return errors.New("the fault was not met")
				}
				return nil
			},
			fault: fake.Fault{Method: "PUT", Reset: true, When: fake.After},
		},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t, retries(0))
			release := block(tenant, "GET")
			if test.fault.Method != "" {
				tenant.Fault(test.fault)
			}
			older := make(chan string, 1)
			go func() {
				source, err := client.Source(t.Context(), id)
				if err != nil {
					t.Error(err)
				}
				older <- source.Description.Get()
			}()
			synctest.Wait()
			wantNoError(t, test.write(t.Context(), client, id))
			source, err := client.Source(t.Context(), id)
			wantNoError(t, err)
			wantEqual(t, "the read-back", source.Description.Get(), "new")
			release()
			wantEqual(t, "the older read", <-older, "")
			wantCount(t, tenant, "GET", "", 2)
		})
	}
}

// A read that begins while a write is under way may have seen what was before it.
func TestReadBackDoesNotJoinAReadThatBeganDuringTheWrite(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client, id := withSource(t)
		releaseRead := block(tenant, "GET")
		writing := make(chan struct{})
		tenant.Before("PUT", "", func(*fake.Request) { <-writing })
		written := make(chan error, 1)
		go func() {
			_, err := client.UpdateSource(t.Context(), id, immuta.Settings{"description": "new"})
			written <- err
		}()
		synctest.Wait()
		read := make(chan error, 1)
		go func() { _, err := client.Source(t.Context(), id); read <- err }()
		synctest.Wait()
		close(writing)
		wantNoError(t, <-written)
		source, err := client.Source(t.Context(), id)
		wantNoError(t, err)
		wantEqual(t, "the read-back", source.Description.Get(), "new")
		releaseRead()
		wantNoError(t, <-read)
	})
}

func TestCancelledCallerDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	for first := range 2 {
		inBubble(t, fmt.Sprintf("caller %d", first), func(t *testing.T) {
			tenant, client, id := withSource(t)
			release := block(tenant, "GET")
			reason := errors.New("the user pressed Ctrl+C")
			canceled, cancel := context.WithCancelCause(t.Context())
			results := [2]chan error{make(chan error, 1), make(chan error, 1)}
			for i, result := range results {
				ctx := t.Context()
				if i == first {
					ctx = canceled
				}
				go func() { _, err := client.Source(ctx, id); result <- err }()
				synctest.Wait()
			}
			cancel(reason)
			if err := <-results[first]; !errors.Is(wantNoAnswer(t, err), reason) {
				t.Errorf("got %v", err)
			}
			release()
			wantNoError(t, <-results[1-first])
			wantCount(t, tenant, "GET", "", 1)
		})
	}
}

func TestLastCallerLeavingCancelsTheRequest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		client := newClient(t, "http://immuta.test")
		var begun, ended atomic.Int64
		linger := make(chan struct{})
		client.SetTransport(roundTrip(func(r *http.Request) (*http.Response, error) {
			begun.Add(1)
			<-r.Context().Done()
			ended.Add(1)
			<-linger
			return nil, r.Context().Err()
		}))
		reason := errors.New("the user pressed Ctrl+C")
		leave := make([]context.CancelCauseFunc, 3)
		results := make(chan error, len(leave))
		start := func(i int) {
			var ctx context.Context
			ctx, leave[i] = context.WithCancelCause(t.Context())
			go func() { _, err := client.Source(ctx, 100); results <- err }()
			synctest.Wait()
		}
		start(0)
		start(1)
		leave[0](reason)
		synctest.Wait()
		if begun.Load() != 1 || ended.Load() != 0 {
			t.Errorf("%d begun, %d ended, want 1 that is under way", begun.Load(), ended.Load())
		}
		leave[1](reason)
		synctest.Wait()
		start(2) // It joins no request that is being given up.
		if begun.Load() != 2 || ended.Load() != 1 {
			t.Errorf("%d begun, %d ended, want 2 of which 1 has ended", begun.Load(), ended.Load())
		}
		leave[2](reason)
		close(linger)
		for range leave {
			if err := <-results; !errors.Is(wantNoAnswer(t, err), reason) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// A flight keeps to the deadline of the caller who started it, which is nothing to those who have more time.
func TestCallerWithMoreTimeOutlivesTheFlight(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fake.Fault{
		"hang":                   {Hang: true},
		"wait past the deadline": {Status: 429, RetryAfter: "60"},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t, timeout(time.Hour), realWaits)
			tenant.Fault(fault)
			tenant.Before("GET", "", func(*fake.Request) { time.Sleep(time.Second) })
			short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			hasty, patient := make(chan error, 1), make(chan error, 1)
			go func() { _, err := client.Source(short, id); hasty <- err }()
			synctest.Wait()
			go func() { _, err := client.Source(t.Context(), id); patient <- err }()
			if err := <-hasty; err == nil {
				t.Error("the caller with little time was answered")
			}
			wantNoError(t, <-patient)
			wantCount(t, tenant, "GET", "", 2)
		})
	}
}
