package handler_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A crowd is many sources in the state of a provider that refreshes from the listing.
type crowd struct {
	t         *testing.T
	env       *acctest.Env
	p         *acctest.Protocol
	resources []acctest.Resource
}

// managed is how many sources of a crowd are in the state: ids 100 and on.
const managed = 6

func newCrowd(t *testing.T, options ...fake.Option) *crowd {
	t.Helper()
	t.Parallel()
	c := crowdOn(t, acctest.NewSerial(t, options...))
	full := c.env.Protocol(nil)
	for i := range managed {
		c.resources = append(c.resources, full.Imported(protoType, fmt.Sprint(100+i)))
	}
	c.env.Tenant.ResetJournal()
	return c
}

// crowdOn adds the sources to a tenant; none of them is in the state.
func crowdOn(t *testing.T, env *acctest.Env) *crowd {
	t.Helper()
	for range 230 {
		env.Tenant.AddSource(fake.SourceSpec{})
	}
	return &crowd{t: t, env: env, p: env.Protocol(attrs{"refresh": "listing"})}
}

// refresh refreshes all at once: nobody is answered before everybody has asked.
func (c *crowd) refresh() ([]acctest.Resource, acctest.Diagnostics) {
	c.t.Helper()
	listed := make(chan struct{})
	var once sync.Once
	c.env.Tenant.Before("GET", "/dataSource", func(*fake.Request) { once.Do(func() { close(listed) }) })
	c.env.Tenant.Before("GET", "/dataSource/*", func(*fake.Request) { <-listed })
	out := make([]acctest.Resource, len(c.resources))
	var all acctest.Diagnostics
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, r := range c.resources {
		wg.Go(func() {
			got, diags := c.p.Refresh(r)
			mu.Lock()
			defer mu.Unlock()
			out[i], all = got, append(all, diags...)
		})
	}
	wg.Wait()
	return out, all
}

// wantUnchanged refreshes all at once, which must report and change nothing.
func (c *crowd) wantUnchanged() {
	c.t.Helper()
	after, diags := c.refresh()
	diags.WantNone(c.t)
	for i, r := range after {
		if !r.State.Equal(c.resources[i].State) {
			c.t.Errorf("%d has changed", 100+i)
		}
	}
}

// fullReads are the sources that were read themselves.
func (c *crowd) fullReads() []string {
	var paths []string
	for _, request := range c.env.Tenant.Journal().Filter("GET", "/dataSource/*") {
		paths = append(paths, request.Path)
	}
	return paths
}

func TestProtocolListingRefreshesManyWithFewRequests(t *testing.T) {
	c := newCrowd(t)
	c.wantUnchanged()
	journal := c.env.Tenant.Journal()
	if n := journal.Count("GET", "/dataSource"); n != 2 {
		t.Errorf("%d pages for 230 sources", n)
	}
	// The first three do not know yet that it is worth while.
	if n := len(c.fullReads()); n > 3 {
		t.Errorf("%d full reads", n)
	}
	before := len(journal)
	c.p.Refreshed(c.resources[5])
	if more := c.env.Tenant.Journal()[before:]; len(more) > 0 {
		t.Errorf("asked again: %q", more.Lines())
	}
}

func TestProtocolListingIsNotWorthWhileForFew(t *testing.T) {
	c := newCrowd(t)
	for _, r := range c.resources {
		c.p.Refreshed(r)
	}
	if n := c.env.Tenant.Journal().Count("GET", "/dataSource"); n != 0 {
		t.Fatalf("%d listings for reads one after the other", n)
	}
}

func TestProtocolListingNoticesWhatItTells(t *testing.T) {
	t.Parallel()
	metadata := func(key string, value any) func(*fake.Tenant, fake.Source) {
		return func(tenant *fake.Tenant, source fake.Source) {
			tenant.UpdateHandler(source.HandlerID, func(metadata map[string]any) { metadata[key] = value })
		}
	}
	source := func(change func(*fake.Source)) func(*fake.Tenant, fake.Source) {
		return func(tenant *fake.Tenant, source fake.Source) { tenant.UpdateSource(source.ID, change) }
	}
	for at, change := range map[string]func(*fake.Tenant, fake.Source){
		"enabled":         func(tenant *fake.Tenant, source fake.Source) { tenant.Disable(source.ID) },
		"name":            source(func(s *fake.Source) { s.Name += " renamed" }),
		"description":     source(func(s *fake.Source) { s.Description = "New" }),
		"server.hostname": metadata("hostname", "other.example.com"),
		"server.port":     metadata("port", 8443.0),
		"remote_table":    metadata("table", "OTHER"),
		"remote_schema":   metadata("schema", "OTHER"),
	} {
		t.Run(at, func(t *testing.T) {
			c := newCrowd(t)
			for id := 100; id < 100+managed; id++ {
				source, _ := c.env.Tenant.Source(id)
				change(c.env.Tenant, source)
			}
			after, diags := c.refresh()
			diags.WantNoError(t)
			for i, r := range after {
				if got := acctest.Get(r.State, at); got == acctest.Get(c.resources[i].State, at) {
					t.Errorf("%d still has %s = %v", 100+i, at, got)
				}
			}
		})
	}
}

func TestProtocolListingConfirmsWhatIsMissingFromIt(t *testing.T) {
	c := newCrowd(t)
	for id := 100; id < 100+managed; id += 2 {
		c.env.Tenant.Destroy(id)
	}
	after, diags := c.refresh()
	diags.WantNoError(t)
	reads := c.fullReads()
	for i, r := range after {
		gone := i%2 == 0
		if r.Exists() == gone {
			t.Errorf("%d in the state: %t", 100+i, r.Exists())
		}
		if gone && !slices.Contains(reads, fmt.Sprintf("/dataSource/%d", 100+i)) {
			t.Errorf("%d was not asked for", 100+i)
		}
	}
}

func TestProtocolListingThatCannotBeHadFallsBack(t *testing.T) {
	c := newCrowd(t)
	c.env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource", Status: 403, Times: fake.Always})
	c.wantUnchanged()
	if n := len(c.fullReads()); n != managed {
		t.Errorf("%d full reads of %d", n, managed)
	}
}

// TestProtocolListingNeverAnswersAfterAWrite: the listing was taken before it, and what was written does not show in it.
func TestProtocolListingNeverAnswersAfterAWrite(t *testing.T) {
	t.Parallel()
	changedBehind := func(t *testing.T, c *crowd, r acctest.Resource) {
		t.Helper()
		id, _ := acctest.Get(r.State, "id").(int64)
		c.env.Tenant.UpdateSource(int(id), func(s *fake.Source) { s.Description = "Elsewhere" })
		c.p.Want(c.p.Refreshed(r), "description", "Elsewhere")
	}
	t.Run("an update", func(t *testing.T) {
		c := newCrowd(t)
		c.wantUnchanged()
		r := c.p.Applied(c.resources[5], protoConfig(attrs{
			"name": "Source 105", "remote_schema": "PUBLIC", "remote_table": "TABLE_105", "event_time_column": "AT",
		}))
		changedBehind(t, c, r)
	})
	t.Run("a create over a disabled source", func(t *testing.T) {
		c := newCrowd(t)
		leaveDisabled(c.env.Tenant)
		c.wantUnchanged()
		changedBehind(t, c, create(t, c.p, protoConfig(attrs{"enabled": false})))
	})
}

// TestProtocolListingIsNotTrustedOnAnotherHost: the rows of another tenant would look the same.
func TestProtocolListingIsNotTrustedOnAnotherHost(t *testing.T) {
	c := newCrowd(t)
	other := crowdOn(t, acctest.NewSerial(t, fake.WithEpoch(fake.Epoch.Add(time.Hour))))
	other.resources = c.resources
	_, diags := other.refresh()
	diags.WantError(t, "Another tenant")
	if n := len(diags.Errors()); n != managed {
		t.Fatalf("%d errors", n)
	}
}

func TestProtocolListingOfOtherShapes(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]fake.Option{
		"texts for numbers": fake.WithNumericStrings(), "empty texts": fake.WithEmptyTexts(),
		"unlisted keys": fake.WithUnlistedKeys(), "arrays": fake.WithArrays(),
	} {
		t.Run(name, func(t *testing.T) {
			c := newCrowd(t, option)
			c.wantUnchanged()
			if n := len(c.fullReads()); n > 3 {
				t.Errorf("%d full reads: the rows do not look like the state", n)
			}
		})
	}
}
