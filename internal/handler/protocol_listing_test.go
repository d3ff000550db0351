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
	env := acctest.New(t, options...)
	for range 230 {
		env.Tenant.AddSource(fake.SourceSpec{})
	}
	c := &crowd{t: t, env: env, p: env.Protocol(attrs{"refresh": "listing"})}
	full := env.Protocol(nil)
	for i := range managed {
		r := full.Imported(protoType, fmt.Sprint(100+i))
		c.resources = append(c.resources, r)
	}
	env.Tenant.ResetJournal()
	return c
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
	after, diags := c.refresh()
	diags.WantNone(t)
	for i, r := range after {
		if !r.State.Equal(c.resources[i].State) {
			t.Errorf("%d has changed", 100+i)
		}
	}
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
	changes := map[string]struct {
		change func(tenant *fake.Tenant, id int)
		at     string
		want   any
	}{
		"disabled": {func(tenant *fake.Tenant, id int) { tenant.Disable(id) }, "enabled", false},
		"renamed": {func(tenant *fake.Tenant, id int) {
			tenant.UpdateSource(id, func(s *fake.Source) { s.Name = "Renamed" })
		}, "name", "Renamed"},
		"described": {func(tenant *fake.Tenant, id int) {
			tenant.UpdateSource(id, func(s *fake.Source) { s.Description = "New" })
		}, "description", "New"},
		"moved to another host": {func(tenant *fake.Tenant, id int) { updateMetadata(tenant, id, "hostname", "other.example.com") }, "server.hostname", "other.example.com"},
		"moved to another port": {func(tenant *fake.Tenant, id int) { updateMetadata(tenant, id, "port", 8443.0) }, "server.port", int64(8443)},
		"another table":         {func(tenant *fake.Tenant, id int) { updateMetadata(tenant, id, "table", "OTHER") }, "remote_table", "OTHER"},
		"another schema":        {func(tenant *fake.Tenant, id int) { updateMetadata(tenant, id, "schema", "OTHER") }, "remote_schema", "OTHER"},
	}
	for name, test := range changes {
		t.Run(name, func(t *testing.T) {
			c := newCrowd(t)
			for id := 100; id < 100+managed; id++ {
				test.change(c.env.Tenant, id)
				if name == "renamed" {
					break // The name is unique.
				}
			}
			after, diags := c.refresh()
			diags.WantNoError(t)
			for i, r := range after {
				if got := acctest.Get(r.State, test.at); got != test.want && (i == 0 || name != "renamed") {
					t.Errorf("%d has %s = %v", 100+i, test.at, got)
				}
			}
		})
	}
}

func updateMetadata(tenant *fake.Tenant, id int, key string, value any) {
	source, _ := tenant.Source(id)
	tenant.UpdateHandler(source.HandlerID, func(metadata map[string]any) { metadata[key] = value })
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
	after, diags := c.refresh()
	diags.WantNone(t)
	for i, r := range after {
		if !r.State.Equal(c.resources[i].State) {
			t.Errorf("%d has changed", 100+i)
		}
	}
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
		r = c.p.Refreshed(r)
		acctest.WantAttributes(t, r.State, map[string]any{"description": "Elsewhere"})
	}
	t.Run("an update", func(t *testing.T) {
		c := newCrowd(t)
		_, diags := c.refresh()
		diags.WantNone(t)
		r := c.p.Applied(c.resources[5], protoConfig(attrs{
			"name": "Source 105", "remote_schema": "PUBLIC", "remote_table": "TABLE_105", "event_time_column": "AT",
			"server": protoServer(attrs{"hostname": "acme.example.com"}),
		}))
		changedBehind(t, c, r)
	})
	t.Run("a create over a disabled source", func(t *testing.T) {
		c := newCrowd(t)
		leaveDisabled(c.env.Tenant)
		_, diags := c.refresh()
		diags.WantNone(t)
		changedBehind(t, c, create(t, c.p, protoConfig(attrs{"enabled": false})))
	})
}

// TestProtocolListingIsNotTrustedOnAnotherHost: the rows of another tenant would look the same.
func TestProtocolListingIsNotTrustedOnAnotherHost(t *testing.T) {
	c := newCrowd(t)
	other := newOther(t, c)
	other.t = t
	_, diags := other.refresh()
	diags.WantError(t, "Another tenant")
	if n := len(diags.Errors()); n != managed {
		t.Fatalf("%d errors", n)
	}
}

// newOther is a tenant with the same sources, and the state of the first one.
func newOther(t *testing.T, c *crowd) *crowd {
	t.Helper()
	env := acctest.NewSerial(t, fake.WithEpoch(fake.Epoch.Add(time.Hour)))
	for range 230 {
		env.Tenant.AddSource(fake.SourceSpec{})
	}
	return &crowd{t: t, env: env, p: env.Protocol(attrs{"refresh": "listing"}), resources: c.resources}
}

func TestProtocolListingOfOtherShapes(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]fake.Option{
		"texts for numbers": fake.WithNumericStrings(), "empty texts": fake.WithEmptyTexts(), "unlisted keys": fake.WithUnlistedKeys(), "arrays": fake.WithArrays(),
	} {
		t.Run(name, func(t *testing.T) {
			c := newCrowd(t, option)
			after, diags := c.refresh()
			diags.WantNone(t)
			for i, r := range after {
				if !r.State.Equal(c.resources[i].State) {
					t.Errorf("%d has changed", 100+i)
				}
			}
			if n := len(c.fullReads()); n > 3 {
				t.Errorf("%d full reads: the rows do not look like the state", n)
			}
		})
	}
}
