package immuta_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestIdenticalReadsInFlightAreShared(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client, id := withSource(t)
		hold(tenant, "GET", "")
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
		wantNoError(t, read(t.Context(), client, id))
		wantCount(t, tenant, "GET", "", 2) // What has landed is not kept.
	})
}

func TestReadsThatDifferAreNotShared(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant, client := start(t)
		hold(tenant, "GET", "")
		wantNoError(t, parallel(2, func(i int) error {
			_, err := client.FindSources(t.Context(), immuta.Search{Hostname: fmt.Sprint(i)}, 1)
			return err
		}))
		wantCount(t, tenant, "GET", "", 2) // Their queries differ.
	})
}

func TestReadBackNeverJoinsAnOlderRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lost   bool // the answer to the write
		during bool // the older read begins while the write is under way, and may have seen what was before it
	}{
		"PUT":                      {},
		"PUT whose answer is lost": {lost: true},
		"PUT that is under way":    {during: true},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t, retries(0))
			release, writing := block(tenant, "GET"), make(chan struct{})
			if test.lost {
				tenant.Fault(fake.Fault{Method: "PUT", Reset: true, When: fake.After})
			}
			var written <-chan error
			write := func() { written = inBackground(func() error { return once["PUT"](t.Context(), client, id) }) }
			if test.during {
				tenant.Before("PUT", "", func(*fake.Request) { <-writing })
				write()
			}
			var older immuta.Text
			was := inBackground(func() error {
				source, err := client.Source(t.Context(), id)
				if err == nil {
					older = immuta.Text(source.Description.Get())
				}
				return err
			})
			close(writing)
			if !test.during {
				write()
			}
			wantEqual(t, "a write that failed", <-written != nil, test.lost)
			source, err := client.Source(t.Context(), id)
			wantNoError(t, err)
			wantEqual(t, "the read-back", source.Description.Get(), "x")
			release()
			wantNoError(t, <-was)
			wantEqual(t, "the older read", older, "")
			wantCount(t, tenant, "GET", "", 2)
		})
	}
}

func TestCancelledCallerDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	for first := range 2 {
		inBubble(t, fmt.Sprintf("caller %d", first), func(t *testing.T) {
			tenant, client, id := withSource(t)
			release := block(tenant, "GET")
			canceled, cancel := context.WithCancelCause(t.Context())
			contexts := [2]context.Context{t.Context(), t.Context()}
			contexts[first] = canceled
			var results [2]<-chan error
			for i, ctx := range contexts {
				results[i] = inBackground(func() error { return read(ctx, client, id) })
			}
			cancel(errStopped)
			if err := <-results[first]; !errors.Is(wantAs[*immuta.NoAnswerError](t, err), errStopped) {
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
		var begun, ended int
		linger := make(chan struct{})
		client := through(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			begun++
			<-r.Context().Done()
			ended++
			<-linger
			return nil, r.Context().Err()
		}))
		var leave [3]context.CancelCauseFunc
		var results [3]<-chan error
		begin := func(i int) {
			ctx, cancel := context.WithCancelCause(t.Context())
			leave[i], results[i] = cancel, inBackground(func() error { return read(ctx, client, 100) })
		}
		begin(0)
		begin(1)
		leave[0](errStopped)
		synctest.Wait()
		if begun != 1 || ended != 0 {
			t.Errorf("%d begun, %d ended, want 1 that is under way", begun, ended)
		}
		leave[1](errStopped)
		synctest.Wait()
		begin(2) // It joins no request that is being given up.
		if begun != 2 || ended != 1 {
			t.Errorf("%d begun, %d ended, want 2 of which 1 has ended", begun, ended)
		}
		leave[2](errStopped)
		close(linger)
		for _, result := range results {
			if err := <-result; !errors.Is(wantAs[*immuta.NoAnswerError](t, err), errStopped) {
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
			hasty := inBackground(func() error { return read(short, client, id) })
			patient := inBackground(func() error { return read(t.Context(), client, id) })
			if err := <-hasty; err == nil {
				t.Error("the caller with little time was answered")
			}
			wantNoError(t, <-patient)
			wantCount(t, tenant, "GET", "", 2)
		})
	}
}
