package handler_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestQuery lists the sources of every technology. What is listed is what an import by its identity reads, and the configuration that
// Terraform generates from it plans empty.
func TestQuery(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		if tech.resource != nil {
			return // The provider does not come with it.
		}
		env, p := acctest.Start(t, nil)
		orders, _ := tech.add(env, "Orders", "ORDERS")
		tech.add(env, "Customers", "CUSTOMERS")
		env.Tenant.Disable(orders.ID)
		for _, other := range technologies() {
			if other.prefix != tech.prefix && other.fake == nil {
				other.add(env, other.label, "OTHER")
			}
		}
		listed := p.Listed(tech.resourceType, acctest.Query{})
		wantNames(t, listed, "Orders ("+tech.label+", disabled)", "Customers ("+tech.label+")")
		p.WantIdentity(listed[0].Resource, attrs{"id": orders.ID})
		wantRequests(t, env, 1, 0)
		listed = p.Listed(tech.resourceType, acctest.Query{IncludeResource: true})
		wantRequests(t, env, 1, 2)
		for _, one := range listed {
			imported := p.ImportListed(one)
			if differences, _ := imported.State.Diff(one.State); len(differences) > 0 {
				t.Errorf("%s is listed otherwise than it is imported: %v", one.DisplayName, differences)
			}
			config := p.Generated(one.Resource)
			p.Validate(tech.resourceType, config).WantNone(t)
			p.PlansNothing(imported, config)
		}
	})
}

func wantNames(t *testing.T, listed []acctest.Listed, want ...string) {
	t.Helper()
	if got := acctest.Names(listed); !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

// wantRequests fails the test unless so many pages of the listing were read since the last time, and so many sources with their
// handlers, and nothing else.
func wantRequests(t *testing.T, env *acctest.Env, pages, sources int) {
	t.Helper()
	journal := env.Tenant.Journal()
	count := func(path string) int { return journal.Count("GET", path) }
	got := []int{count("/dataSource"), count("/dataSource/*"), count("/*/handler/*"), len(journal)}
	if want := []int{pages, sources, sources, pages + 2*sources}; !slices.Equal(got, want) {
		t.Errorf("pages, sources, handlers and all requests: %d, want %d", got, want)
	}
	env.Tenant.ResetJournal()
}

// TestQueryFilters sends the filters to Immuta, and applies those that rows tell of even if Immuta does not.
func TestQueryFilters(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	add := func(spec fake.SourceSpec, change func(*fake.Source)) {
		id := env.Tenant.AddSource(spec)
		if change != nil {
			env.Tenant.UpdateSource(id, change)
		}
	}
	add(fake.SourceSpec{Name: "Orders", Schema: "SALES", Hostname: "a.example.com"}, func(s *fake.Source) { s.Status = "failed" })
	add(fake.SourceSpec{Name: "Customers", Schema: "SALES", Hostname: "b.example.com", Username: "OTHER"}, nil)
	add(fake.SourceSpec{Name: "Shelves", Schema: "STORE", Hostname: "a.example.com"}, func(s *fake.Source) {
		s.Tags = []fake.Tag{{Name: "Team.Store", Source: "curated"}}
	})
	add(fake.SourceSpec{Name: "Lakes", Technology: "Trino", Hostname: "a.example.com"}, nil)
	const orders, customers, shelves = "Orders (Snowflake)", "Customers (Snowflake)", "Shelves (Snowflake)"
	for _, test := range []struct {
		config attrs
		sent   string
		want   []string
		// opaque says that rows do not tell whether they fit.
		opaque bool
	}{
		{attrs{}, "", []string{orders, customers, shelves}, false},
		{attrs{"search_text": "order"}, "searchText=order", []string{orders}, true},
		{attrs{"tag": []any{"Team.Store", "Team.None"}}, "tag=Team.Store&tag=Team.None", []string{shelves}, true},
		{attrs{"schema": "sales"}, "schema=sales", []string{orders, customers}, false},
		{attrs{"status": []any{"failed"}}, "status=failed", []string{orders}, false},
		{attrs{"hostname": "a.example.com"}, "hostname=a.example.com", []string{orders, shelves}, false},
		{attrs{"hostname": "A.example.com"}, "hostname=A.example.com", []string{orders, shelves}, false},
		{
			attrs{"connection_string": "OTHER@b.example.com:443/PROD"}, "connectionString=OTHER%40b.example.com%3A443%2FPROD",
			[]string{customers}, false,
		},
		{attrs{"schema": "SALES", "hostname": "a.example.com"}, "schema=SALES", []string{orders}, false},
	} {
		t.Run(fmt.Sprint(test.config), func(t *testing.T) {
			p := env.Protocol(nil)
			env.Tenant.ResetJournal()
			p.Listed(protoType, acctest.Query{Config: test.config})
			query := env.Tenant.Journal()[0].RawQuery
			if !strings.Contains(query, test.sent) || !strings.Contains(query, "blobHandlerType=Snowflake") {
				t.Errorf("asked with %q", query)
			}
			// Everything comes, as from a server that ignores what it is asked.
			if listed := deaf(t, env).Listed(protoType, acctest.Query{Config: test.config}); !test.opaque {
				wantNames(t, listed, test.want...)
			} else if len(listed) != 3 {
				t.Errorf("listed %q", acctest.Names(listed))
			}
		})
	}
}

// deaf is a provider whose tenant ignores everything that a search asks for, but pages.
func deaf(t *testing.T, env *acctest.Env) *acctest.Protocol {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.URL.Query()
		r.URL.RawQuery = url.Values{"offset": asked["offset"], "size": asked["size"]}.Encode()
		env.Tenant.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return env.Protocol(attrs{"host": server.URL})
}

func TestQueryArgumentsAreChecked(t *testing.T) {
	_, p := acctest.Start(t, nil)
	for at, config := range map[string]attrs{
		"search_text": {"search_text": ""}, "status.0": {"status": []any{"fine"}}, "tag.0": {"tag": []any{""}}, "tag": {"tag": []any{nil}},
	} {
		_, diags := p.List(protoType, acctest.Query{Config: config})
		diags.WantErrorAt(t, at)
	}
	_, diags := p.List(protoType, acctest.Query{Config: attrs{"schema": acctest.Unknown}})
	diags.WantError(t, "not known yet")
}

// manySources is a tenant with so many sources, with ids from 100 on.
func manySources(t *testing.T, sources int) (*acctest.Env, *acctest.Protocol) {
	t.Helper()
	env, p := acctest.Start(t, attrs{"max_retries": 0})
	for range sources {
		env.Tenant.AddSource(fake.SourceSpec{})
	}
	return env, p
}

// TestQueryReadsNoMoreThanTheLimitNeeds counts pages and sources.
func TestQueryReadsNoMoreThanTheLimitNeeds(t *testing.T) {
	env, p := manySources(t, 450)
	for _, test := range []struct {
		limit        int64
		found, pages int
		include      bool
		sources      int
	}{
		{10, 10, 1, false, 0}, {200, 200, 1, false, 0}, {201, 201, 2, false, 0}, {0, 450, 3, false, 0}, {1000, 450, 3, false, 0},
		{1, 1, 1, true, 1}, {10, 10, 1, true, 10}, {205, 205, 2, true, 205},
	} {
		listed := p.Listed(protoType, acctest.Query{Limit: test.limit, IncludeResource: test.include})
		if len(listed) != test.found {
			t.Errorf("%d of at most %d", len(listed), test.limit)
		}
		for i, one := range listed {
			p.WantIdentity(one.Resource, attrs{"id": 100 + i})
			if test.include {
				p.Want(one.Resource, "id", 100+i)
			}
		}
		wantRequests(t, env, test.pages, test.sources)
	}
}

// TestQueryReadsSideBySide has every read wait for others: so many as the client may have under way.
func TestQueryReadsSideBySide(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	for range 9 {
		env.Tenant.AddSource(fake.SourceSpec{})
	}
	p := env.Protocol(attrs{"max_concurrent_requests": 3})
	arrived, full := make(chan struct{}, 9), make(chan struct{})
	go func() {
		for range 3 {
			<-arrived
		}
		close(full)
	}()
	env.Tenant.Before("GET", "/dataSource/*", func(*fake.Request) {
		arrived <- struct{}{}
		<-full
	})
	listed := p.Listed(protoType, acctest.Query{IncludeResource: true})
	for i, one := range listed {
		p.Want(one.Resource, "id", 100+i)
	}
	if len(listed) != 9 {
		t.Errorf("listed %d", len(listed))
	}
}

func TestQueryStopsAtAnError(t *testing.T) {
	env, p := manySources(t, 450)
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource", Status: 200, Body: "{}"})
	if listed, diags := p.List(protoType, acctest.Query{}); len(listed) > 0 || len(diags.Errors()) != 1 {
		t.Errorf("an answer without rows: %q, %q", acctest.Names(listed), diags.Errors())
	}
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource", Skip: 1, Status: 500})
	listed, diags := p.List(protoType, acctest.Query{})
	diags.WantError(t, "Listing the data sources of Snowflake failed", "500")
	if len(listed) != 200 {
		t.Errorf("listed %d before the error", len(listed))
	}
	env.Tenant.ResetJournal()
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/103", Status: 500})
	listed, diags = p.List(protoType, acctest.Query{IncludeResource: true})
	diags.WantError(t, "Listing the data sources of Snowflake failed", "/dataSource/103", "500")
	if len(listed) != 3 {
		t.Errorf("listed %d before the error", len(listed))
	}
	if read := env.Tenant.Journal().Count("GET", "/dataSource/*"); read > 3+immuta.DefaultMaxConcurrentRequests {
		t.Errorf("%d sources were read although the list ended at the fourth", read)
	}
}

// TestQueryLeavesOutWhatCannotBeRead: what is closed to the user or gone is no reason to take over nothing.
func TestQueryLeavesOutWhatCannotBeRead(t *testing.T) {
	env, p := manySources(t, 4)
	env.Tenant.After("GET", "/dataSource", func(*fake.Request) {
		if _, there := env.Tenant.Source(100); there {
			env.Tenant.Destroy(100)
		}
	})
	listed, diags := p.List(protoType, acctest.Query{IncludeResource: true, Limit: 1})
	diags.WantNoError(t)
	diags.WantWarning(t, "Source 100 (Snowflake) is left out", "404", "Without include_resource")
	if len(listed) != 1 {
		t.Errorf("listed %q", acctest.Names(listed))
	}
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/102", Status: 403, Message: "Not yours"})
	listed, diags = p.List(protoType, acctest.Query{IncludeResource: true})
	diags.WantNoError(t)
	diags.WantWarning(t, "Source 102 (Snowflake) is left out", "Not yours")
	wantNames(t, listed, "Source 101 (Snowflake)", "Source 103 (Snowflake)")
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource/102", Status: 403, HTML: true})
	_, diags = p.List(protoType, acctest.Query{IncludeResource: true})
	diags.WantError(t, "Listing the data sources of Snowflake failed", "403")
}

// TestQueryOfUnknownTechnology: what a row does not tell, reading the source does.
func TestQueryOfUnknownTechnology(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.AddSource(fake.SourceSpec{Name: "Lakes", Technology: "Trino"})
	env.Tenant.AddSource(fake.SourceSpec{Name: "Orders"})
	const rows = `{"hits": [{"id": 100, "name": "Lakes"}, {"name": "No id"}, {"id": "101", "name": "Orders"}], "count": 3}`
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/dataSource", Status: 200, Body: rows, Times: fake.Always})
	listed := p.Listed(protoType, acctest.Query{IncludeResource: true, Limit: 1})
	if len(listed) != 1 {
		t.Fatalf("listed %q", acctest.Names(listed))
	}
	p.Want(listed[0].Resource, "name", "Orders")
	if all := p.Listed(protoType, acctest.Query{}); len(all) != 2 {
		t.Errorf("listed %q", acctest.Names(all))
	}
}

func TestQueryOfAListThatWillNotHoldStill(t *testing.T) {
	env, p := manySources(t, 450)
	env.Tenant.After("GET", "/dataSource", func(*fake.Request) { env.Tenant.AddSource(fake.SourceSpec{}) })
	listed, diags := p.List(protoType, acctest.Query{})
	diags.WantNoError(t)
	diags.WantWarning(t, "The list may not be complete")
	if len(listed) < 450 {
		t.Errorf("listed %d", len(listed))
	}
}

func TestQueryNeedsTheTenant(t *testing.T) {
	env := acctest.New(t)
	_, diags := env.Protocol(attrs{"host": acctest.Unknown}).List(protoType, acctest.Query{})
	diags.WantError(t, "not configured yet", "Listing the data sources of Snowflake")
	if len(diags) != 1 || len(env.Tenant.Journal()) != 0 {
		t.Errorf("%q after %q", diags.Errors(), env.Tenant.Journal().Lines())
	}
}

// TestQueryNamesAreFitToBeShown: a name is somebody else's text.
func TestQueryNamesAreFitToBeShown(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.AddSource(fake.SourceSpec{Name: "\x1b[31mOrders " + fake.DefaultAPIKey})
	wantNames(t, p.Listed(protoType, acctest.Query{}), `\x1b[31mOrders *** (Snowflake)`)
}
