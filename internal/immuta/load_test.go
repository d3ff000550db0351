package immuta_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// As many callers as Terraform may have make sources and read them again, against a tenant that lets 60 requests through in
// any second: no call fails, hardly a request is wasted, and it takes hardly longer than it has to.
func TestALoadedTenantIsUsedUpToItsLimit(t *testing.T) {
	t.Parallel()
	const (
		sources, callers, perSecond = 600, 64, 60
		waste, slow                 = 1.1, 1.25
	)
	for _, retryAfter := range []string{"", "1"} {
		inBubble(t, fmt.Sprintf("Retry-After %q", retryAfter), func(t *testing.T) {
			tenant := fake.New(fake.WithRateLimit(perSecond, retryAfter))
			client := through(t, distant(tenant), realWaits, retries(1))
			each := func(call func(context.Context, int) error) {
				t.Helper()
				g, ctx := errgroup.WithContext(t.Context())
				g.SetLimit(callers)
				for i := range sources {
					g.Go(func() error { return call(ctx, i) })
				}
				wantNoError(t, g.Wait())
			}
			ids, refs := make([]int64, sources), make([]immuta.HandlerRef, sources)
			read := func(ctx context.Context, i int) error {
				if _, err := client.Source(ctx, ids[i]); err != nil {
					return err
				}
				_, err := client.Handler(ctx, refs[i])
				return err
			}
			var sent, took float64 // as ratios of what an all-knowing client needs
			measure := func(name string, needed int, call func(context.Context, int) error) {
				t.Helper()
				tenant.ResetJournal()
				begin := time.Now()
				each(call)
				requests := float64(len(tenant.Journal())) / float64(needed)
				seconds := time.Since(begin).Seconds() / (float64(needed-perSecond) / perSecond)
				t.Logf("%s: %.3f of the requests in %.3f of the time", name, requests, seconds)
				sent, took = sent+requests/2, took+seconds/2
			}
			measure("create", 3*sources, func(ctx context.Context, i int) error {
				name := fmt.Sprintf("Orders %d", i)
				body := creation(name)
				metadataOf(body)["table"] = name
				created, err := client.CreateSource(ctx, "snowflake", body)
				if err != nil {
					return err
				}
				ids[i], refs[i] = created.DataSourceID, immuta.HandlerRef{Prefix: "snowflake", ID: created.HandlerID}
				return read(ctx, i)
			})
			time.Sleep(time.Minute) // another run of the same process
			measure("refresh", 2*sources, read)
			if sent > waste || took > slow {
				t.Errorf("%.3f of the requests in %.3f of the time, want at most %.2f in %.2f", sent, took, waste, slow)
			}
			wantEqual(t, "sources", len(tenant.Sources()), sources)
		})
	}
}

// Waiting for its turn uses up no retries of a request, as long as others get through.
func TestRefusalsOfARequestWhoseTurnComesUseUpNoRetries(t *testing.T) {
	t.Parallel()
	const refusals = 20
	for name, test := range map[string]struct {
		others bool
		want   int // attempts
	}{"others get through": {true, refusals + 1}, "nobody gets through": {false, 1 + 1}} {
		inBubble(t, name, func(t *testing.T) {
			tenant := fake.New()
			client := through(t, distant(tenant), realWaits, retries(1))
			id, other := addSource(tenant), addSource(tenant)
			path := fmt.Sprintf("/dataSource/%d", id)
			tenant.Fault(fake.Fault{Path: path, Status: 429, Times: refusals})
			var wg sync.WaitGroup
			var done atomic.Bool
			for i := range 3 {
				wg.Go(func() {
					time.Sleep(time.Duration(i) * 10 * time.Millisecond)
					for test.others && !done.Load() {
						if _, err := client.UpdateSource(t.Context(), other, immuta.Settings{"description": "d"}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			time.Sleep(time.Second)
			_, err := client.Source(t.Context(), id)
			done.Store(true)
			wg.Wait()
			if test.others {
				wantNoError(t, err)
			} else {
				wantStatus(t, err, 429)
			}
			wantCount(t, tenant, "GET", path, test.want)
		})
	}
}
