package fake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestFaults lets each fault strike the request that disables a source.
func TestFaults(t *testing.T) {
	t.Parallel()
	type header = map[string]string
	type outcome struct {
		fault  fake.Fault
		err    error
		status int
		body   string // a part of it; nothing is an empty body
		header header
		takes  bool // effect
	}
	tests := map[string]outcome{
		"503": {
			fake.Fault{RetryAfter: "2", Message: "Later."}, nil, 503, `"message":"Later.","statusCode":503`,
			header{"Retry-After": "2"}, false,
		},
		"503, too late": {fake.Fault{Name: "503, too late", When: fake.After}, nil, 503, "Service Unavailable", nil, true},
		"500": {
			fake.Fault{Status: 500, Body: `{"oops":1}`, Header: http.Header{"x-odd": {"1"}}}, nil, 500, `{"oops":1}`,
			header{"X-Odd": "1"}, false,
		},
		"302": {
			fake.Fault{Status: 302, Header: http.Header{"Location": {"/login"}}}, nil, 302, "Found",
			header{"Location": "/login"}, false,
		},
		"reset":      {fake.Fault{Reset: true}, syscall.ECONNRESET, 0, "", nil, false},
		"late reset": {fake.Fault{Name: "late reset", Reset: true, When: fake.After}, syscall.ECONNRESET, 0, "", nil, true},
		"truncate":   {fake.Fault{Truncate: true}, io.ErrUnexpectedEOF, 200, `{"disabled":true`, nil, true},
		"half of it": {
			fake.Fault{Name: "half of it", Truncate: true, Body: `{"hits": []}`}, io.ErrUnexpectedEOF, 200, `{"hits`, nil, false,
		},
		"html":  {fake.Fault{HTML: true}, nil, 200, "<html>", header{"Content-Type": "text/html; charset=utf-8"}, false},
		"empty": {fake.Fault{Empty: true, RetryAfter: "3"}, nil, 503, "", header{"Retry-After": "3", "Content-Type": ""}, false},
	}
	broken := map[string]string{
		"broken answer: empty": "", "broken answer: null": "null", "broken answer: empty object": "{}",
		"broken answer: maintenance":            `{"message":"The service is under maintenance."}`,
		"broken answer: rows under another key": `{"count":0,"results":[]}`,
	}
	for _, fault := range fake.BrokenAnswers() {
		tests[fault.Name] = outcome{fault: fault, status: 200, body: broken[fault.Name]}
		delete(broken, fault.Name)
	}
	if len(broken) > 0 {
		t.Errorf("nothing answers %v", broken)
	}
	for name, test := range tests {
		c := connect(t)
		c.server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		id := c.tenant.AddSource(fake.SourceSpec{})
		test.fault.Method, test.fault.Path = "DELETE", "/dataSource/*"
		c.tenant.Fault(test.fault)
		got, err := c.try("DELETE", fmt.Sprintf("/dataSource/%d", id), nil)
		if !errors.Is(err, test.err) || got.status != test.status {
			t.Errorf("%s: %v, status %d", name, err, got.status)
		}
		if !strings.Contains(string(got.body), test.body) || (test.body == "") != (len(got.body) == 0) || test.err != nil && got.value != nil {
			t.Errorf("%s answers %q", name, got.body)
		}
		for key, want := range test.header {
			if got.header.Get(key) != want {
				t.Errorf("%s: %s is %q", name, key, got.header.Get(key))
			}
		}
		if s, _ := c.tenant.Source(id); s.Deleted != test.takes {
			t.Errorf("%s: disabled is %t", name, s.Deleted)
		}
		if entry := c.tenant.Journal()[0]; entry.Fault != name || entry.Status != test.status {
			t.Errorf("%s: unexpected journal: %+v", name, entry)
		}
	}
}

func TestFaultCounts(t *testing.T) {
	t.Parallel()
	c := connect(t)
	c.tenant.Fault(fake.Fault{Name: "third and fourth", Path: "/dataSource", Skip: 2, Times: 2, Status: 429})
	c.tenant.Fault(fake.Fault{Path: "/jobs", Times: fake.Always, Status: 500})
	if pending := c.tenant.PendingFaults(); len(pending) != 1 || pending[0].String() != "fault third and fourth on * /dataSource" {
		t.Errorf("unexpected pending faults: %v", pending)
	}
	for _, status := range []int{200, 200, 429, 429, 200} {
		c.do("GET", "/dataSource", nil, status)
	}
	for range 3 {
		c.do("GET", "/jobs", nil, 500)
	}
	if pending := c.tenant.PendingFaults(); len(pending) != 0 {
		t.Errorf("unexpected pending faults: %v", pending)
	}
	c.tenant.ClearFaults()
	c.do("GET", "/jobs", nil, http.StatusBadRequest)
}

func TestFaultReset(t *testing.T) {
	t.Parallel()
	for _, when := range []fake.When{fake.Before, fake.After} {
		c := connect(t)
		id := c.tenant.AddSource(fake.SourceSpec{})
		c.tenant.Fault(fake.Fault{Method: "DELETE", Reset: true, When: when})
		_, err := c.try("DELETE", fmt.Sprintf("/dataSource/%d", id), nil)
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the error is %v", err)
		}
		if s, _ := c.tenant.Source(id); s.Deleted != (when == fake.After) {
			t.Errorf("disabled: %t", s.Deleted)
		}
		if entry := c.tenant.Journal()[0]; entry.Fault != "reset" || entry.Status != 0 {
			t.Errorf("unexpected journal: %+v", entry)
		}
	}
}

func TestFaultHang(t *testing.T) {
	t.Parallel()
	c := connect(t)
	c.tenant.Fault(fake.Fault{Hang: true, Times: 2})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server.URL+"/dataSource", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.server.Client().Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}

	// Closing the tenant lets go of what hangs.
	arrived := make(chan struct{})
	c.tenant.Before("GET", "/jobs", func(*fake.Request) { close(arrived) })
	ended := make(chan error, 1)
	go func() {
		_, err := c.try("GET", "/jobs", nil)
		ended <- err
	}()
	<-arrived
	c.tenant.Close()
	if err := <-ended; err == nil {
		t.Error("a hanging request was answered")
	}
	c.do("GET", "/dataSource", nil, http.StatusOK)
}

func TestFaultAs(t *testing.T) {
	t.Parallel()
	c := connect(t)
	one, other := c.tenant.AddSource(fake.SourceSpec{}), c.tenant.AddSource(fake.SourceSpec{})
	path, otherPath := fmt.Sprintf("/dataSource/%d", one), fmt.Sprintf("/dataSource/%d", other)
	for _, test := range []struct {
		method, query string
		body          any
		when          fake.When
		status        int
		written       bool // to the one that was asked for
	}{
		{method: "GET", status: 200},
		{method: "GET", query: "?updateStats=true", status: 200},
		{method: "GET", query: "?nope=true", status: 400},
		{method: "PUT", body: object{"description": "written"}, status: 200},
		{method: "PUT", body: object{"description": "written"}, when: fake.After, status: 200, written: true},
		{method: "DELETE", status: 200},
	} {
		c.tenant.UpdateSource(one, func(s *fake.Source) { s.Description = "" })
		c.tenant.Fault(fake.Fault{Method: test.method, Path: path, As: otherPath, When: test.when})
		got := c.do(test.method, path+test.query, test.body, test.status)
		if test.status == 200 && got.number("id") != other {
			t.Errorf("%s%s answers %s", test.method, test.query, got.body)
		}
		if s, _ := c.tenant.Source(one); s.Deleted || (s.Description != "") != test.written {
			t.Errorf("%s leaves %+v", test.method, s)
		}
		if s, _ := c.tenant.Source(other); s.Deleted || s.Description != "" {
			t.Errorf("%s changes the other into %+v", test.method, s)
		}
		entry := c.tenant.Journal()[0]
		if entry.Path != path || entry.Fault != "as "+otherPath || entry.Status != test.status || entry.ProfileID != fake.DefaultProfileID {
			t.Errorf("unexpected journal: %+v", entry)
		}
		c.tenant.ResetJournal()
	}
	c.tenant.Fault(fake.Fault{As: "/dataSource/name/Source%20101"})
	if got := c.do("GET", path, nil, 200); got.number("id") != other {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.tenant.Fault(fake.Fault{As: "/dataSource/4711"})
	c.do("GET", path, nil, 404)
}

func TestFaultDuplicate(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{})
	c.tenant.UpdateDictionary(id, func(d *fake.Dictionary) {
		d.Columns = []fake.Column{{Name: "a", Tags: []fake.ColumnTag{{Name: "PII"}}}, {Name: "b"}}
	})
	c.tenant.Fault(fake.Fault{Path: "/dictionary/*", Duplicate: true})
	var dictionary struct {
		Metadata []struct {
			Name string
			Tags []struct{ Name string }
		}
	}
	got := c.do("GET", fmt.Sprintf("/dictionary/%d", id), nil, http.StatusOK)
	if err := json.Unmarshal(got.body, &dictionary); err != nil {
		t.Fatal(err)
	}
	if seen := fmt.Sprint(dictionary.Metadata); seen != "[{a [{PII} {PII}]} {a [{PII} {PII}]} {b []} {b []}]" {
		t.Errorf("the columns are %s", seen)
	}

	c.tenant.Fault(fake.Fault{Path: "/dataSource", Duplicate: true})
	if names, count := c.found(""); !slices.Equal(names, []string{"Source 100", "Source 100"}) || count != 1 {
		t.Errorf("the search finds %q, of %d", names, count)
	}
	c.tenant.Fault(fake.Fault{Method: "DELETE", Duplicate: true})
	c.do("DELETE", fmt.Sprintf("/dataSource/%d", id), nil, http.StatusOK)
	if s, _ := c.tenant.Source(id); !s.Deleted {
		t.Error("the real answer to a request that took no effect")
	}
	c.tenant.Fault(fake.Fault{Duplicate: true})
	c.do("GET", "/dataSource/4711", nil, http.StatusNotFound)
	if entries := c.tenant.Journal(); entries[1].Fault != "duplicate" || entries[1].Status != 200 || entries[3].Status != 404 {
		t.Errorf("unexpected journal: %+v", entries)
	}
}

func TestGateway404s(t *testing.T) {
	t.Parallel()
	c := connect(t)
	own := c.do("GET", "/dataSource/4711", nil, http.StatusNotFound)
	faults, inOwnShape := fake.Gateway404s(), []string{}
	for _, fault := range faults {
		c.tenant.Fault(fault)
		got := c.do("GET", "/dataSource", nil, http.StatusNotFound)
		media, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
		if err != nil || (media == "application/json") != json.Valid(got.body) || len(got.header.Values("Content-Type")) != 1 {
			t.Errorf("%s is %q: %s", fault.Name, got.header.Values("Content-Type"), got.body)
		}
		if len(got.object()) == len(own.object()) && got.number("statusCode") == 404 && got.text("error") == own.text("error") {
			inOwnShape = append(inOwnShape, fault.Name)
		}
		if entries := c.tenant.Journal(); entries[len(entries)-1].Fault != fault.Name {
			t.Errorf("the journal has the fault %q, not %q", entries[len(entries)-1].Fault, fault.Name)
		}
	}
	if len(faults) != 7 || strings.Join(inOwnShape, ", ") != "gateway 404: framework" {
		t.Errorf("of %d, these have Immuta's own shape: %q", len(faults), inOwnShape)
	}
}

func TestHooksMayCallTheTenant(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{})
	path := fmt.Sprintf("/dataSource/%d", id)
	var statuses []int
	c.tenant.Before("GET", "/dataSource/*", func(*fake.Request) { c.tenant.Disable(id) })
	c.tenant.After("*", "/dataSource/*", func(r *fake.Request) {
		statuses = append(statuses, r.Status)
		c.tenant.Restore(id)
	})
	if got := c.do("GET", path, nil, http.StatusOK); got.object()["deleted"] != true {
		t.Errorf("the hook came too late: %s", got.body)
	}
	c.do("PUT", path, object{"nope": 1}, http.StatusBadRequest)
	if s, _ := c.tenant.Source(id); s.Deleted || !slices.Equal(statuses, []int{200, 400}) {
		t.Errorf("after the answers: disabled %t, statuses %v", s.Deleted, statuses)
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, handlerID := c.create(nil)
	c.do("GET", fmt.Sprintf("/dataSource/%d", id), nil, http.StatusOK)
	c.do("GET", "/dataSource?size=5", nil, http.StatusOK)
	c.do("GET", "/dataSource/name/Sales%20Orders", nil, http.StatusOK)
	c.do("DELETE", fmt.Sprintf("/dataSource/%d", id), nil, http.StatusOK)

	journal := c.tenant.Journal()
	want := []string{
		"POST /snowflake/handler", "GET /dataSource/100", "GET /dataSource", "GET /dataSource/name/Sales Orders", "DELETE /dataSource/100",
	}
	if got := journal.Lines(); !slices.Equal(got, want) {
		t.Errorf("the journal is %q", got)
	}
	if got := journal.Writes().Lines(); !slices.Equal(got, []string{want[0], want[4]}) {
		t.Errorf("the writes are %q", got)
	}
	for _, test := range []struct {
		method, path string
		count        int
	}{
		{"GET", "/dataSource/*", 1}, {"get", "/dataSource/**", 3}, {"*", "/dataSource/1*0", 2}, {"", "", 5},
		{"GET", "/dataSource", 1}, {"GET", "/dataSource/name/*Ord*", 1}, {"*", "**", 5}, {"GET", "/*", 1}, {"PUT", "**", 0},
	} {
		if got := journal.Count(test.method, test.path); got != test.count {
			t.Errorf("%d requests match %s %s, want %d", got, test.method, test.path, test.count)
		}
	}

	post := journal[0]
	if warehouse, ok := post.Field("handler.metadata.warehouse"); !ok || warehouse != "WH" {
		t.Errorf("the warehouse is %v", warehouse)
	}
	for _, absent := range []string{"handler.metadata.nope", "handler.metadata.port.deep", "dictionary"} {
		if value, ok := post.Field(absent); ok {
			t.Errorf("%s is %v", absent, value)
		}
	}
	var body struct{ DataSource struct{ Name string } }
	if err := post.Decode(&body); err != nil || body.DataSource.Name != "Sales Orders" {
		t.Errorf("the body is %+v, %v", body, err)
	}
	if post.Status != 200 || post.Time.IsZero() || journal[2].Query.Get("size") != "5" || journal[1].JSON() != nil {
		t.Errorf("unexpected journal: %+v", post)
	}
	c.tenant.ResetJournal()
	c.do("GET", fmt.Sprintf("/snowflake/handler/%d", handlerID), nil, http.StatusOK)
	if got := c.tenant.Journal(); len(got) != 1 {
		t.Errorf("the journal is %q", got.Lines())
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := connect(t)
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			name := fmt.Sprintf("Source %d", i)
			body := creation("Snowflake", metadata(object{"dataSourceName": name, "table": name}))
			got, err := c.try("POST", "/snowflake/handler", body)
			if err != nil || got.status != http.StatusOK {
				t.Errorf("%v, %s", err, got.body)
			}
			c.tenant.UpdateSource(got.number("dataSourceId"), func(s *fake.Source) { s.Description = "seen" })
			_, _ = c.try("GET", "/dataSource?size=50", nil)
			_ = c.tenant.Journal().Count("*", "**")
		})
	}
	wait.Wait()
	if got := len(c.tenant.Sources()); got != 20 {
		t.Errorf("%d sources", got)
	}
}
