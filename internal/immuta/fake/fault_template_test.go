package fake_test

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

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

func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"broken answer: empty": "", "broken answer: null": "null", "broken answer: empty object": "{}",
		"broken answer: maintenance":            `{"message":"The service is under maintenance."}`,
		"broken answer: rows under another key": `{"count":0,"results":[]}`,
	}
	faults := fake.BrokenAnswers()
	if len(faults) != len(want) {
		t.Errorf("%d answers", len(faults))
	}
	for _, fault := range faults {
		c := connect(t)
		id := c.tenant.AddSource(fake.SourceSpec{})
		fault.Method = "DELETE"
		c.tenant.Fault(fault)
		got := c.do("DELETE", "/dataSource/100", nil, http.StatusOK)
		body, known := want[fault.Name]
		if !known || string(got.body) != body {
			t.Errorf("%s is %q", fault.Name, got.body)
		}
		if s, _ := c.tenant.Source(id); s.Deleted {
			t.Errorf("%s took effect", fault.Name)
		}
	}
}

func TestFaultEmpty(t *testing.T) {
	t.Parallel()
	c := connect(t)
	c.tenant.Fault(fake.Fault{Empty: true, RetryAfter: "3"})
	got := c.do("GET", "/dataSource", nil, http.StatusServiceUnavailable)
	if len(got.body) != 0 || got.header.Get("Content-Type") != "" || got.header.Get("Retry-After") != "3" {
		t.Errorf("unexpected answer: %v %s", got.header, got.body)
	}
	if entry := c.tenant.Journal()[0]; entry.Fault != "empty" {
		t.Errorf("unexpected journal: %+v", entry)
	}
}
