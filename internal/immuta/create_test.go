package immuta_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestCreated(t *testing.T) {
	t.Parallel()
	full := immuta.Created{DataSourceID: 100, HandlerID: 200, ConnectionString: "u@h", Warnings: []string{"unhealthy"}}
	twice := immuta.Created{DataSourceID: 100, Warnings: []string{"a", "7"}}
	wantRead(t, map[string]immuta.Created{
		`{"id": 200, "dataSourceId": 100, "connectionString": "u@h", "warnings": "unhealthy", "more": {}}`:       full,
		`[{"id": "200", "dataSourceId": "100", "connectionString": "u@h", "warnings": ["unhealthy", "", null]}]`: full,
		`{"dataSourceId": 100, "warnings": ["a", 7]}`:                                                            twice,
		`{"dataSourceId": 100, "warnings": {"odd": 1}, "connectionString": {}, "id": []}`:                        {DataSourceID: 100},
		`{"dataSourceId": 100, "warnings": ""}`:                                                                  {DataSourceID: 100},

		`{"dataSourceId": null, "id": null, "warnings": null}`: {},

		`{}`: {}, `[]`: {}, `null`: {},
	}, `"created"`)
}

func TestCreateSource(t *testing.T) {
	t.Parallel()
	tenant := fake.New(fake.WithWarnings(`The source is not healthy: "hunter2-hunter2" is refused.`))
	created, err := connect(t, tenant).CreateSource(t.Context(), "snowflake", creation("Orders"))
	wantNoError(t, err)
	source, ok := tenant.SourceByName("Orders")
	if !ok || int64(source.ID) != created.DataSourceID || created.ConnectionString == "" {
		t.Errorf("created %+v, which is %+v", created, source)
	}
	if want := `The source is not healthy: "***" is refused.`; len(created.Warnings) != 1 || created.Warnings[0] != want {
		t.Errorf("the warnings are %q, want %q", created.Warnings, want)
	}
	wantCount(t, tenant, "", "", 1)
}

func TestCreateWithoutAnIDIsUncertain(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", "null", "[]", `{"id": 7}`, `"OK"`, `{"dataSourceId": {}}`} {
		_, err := connect(t, replies(body)).CreateSource(t.Context(), "snowflake", creation("Orders"))
		if _ = wantAs[*immuta.UnreadableError](t, err); !immuta.IsUncertain(err) {
			t.Errorf("%q: got %v", body, err)
		}
	}
}

func TestTakenNamesAndTables(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"as documented": 400, "conflict": 409, "unprocessable": 422} {
		inParallel(t, name, func(t *testing.T) {
			_, client := startWith(t, []fake.Option{fake.WithDuplicateTableStatus(status)})
			_, err := client.CreateSource(t.Context(), "snowflake", creation("Orders"))
			wantNoError(t, err)
			for _, taken := range []string{"Orders", "Another name of the same table"} {
				_, err := client.CreateSource(t.Context(), "snowflake", creation(taken))
				if !immuta.IsTaken(err) || immuta.IsUncertain(err) {
					t.Errorf("%s: got %v", taken, err)
				}
			}
		})
	}
}

func TestLookUpOfACreateWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   fake.Fault
		prepare func(*fake.Tenant)
		found   bool
		ours    bool
	}{
		"took effect":      {fault: fake.Fault{Reset: true, When: fake.After}, found: true, ours: true},
		"answered HTML":    {fault: fake.Fault{HTML: true, When: fake.After}, found: true, ours: true},
		"answered halfway": {fault: fake.Fault{Truncate: true}, found: true, ours: true},
		"answered 504":     {fault: fake.Fault{Status: 504, When: fake.After}, found: true, ours: true},
		"never arrived":    {fault: fake.Fault{Reset: true}},
		"found an older one of the same caller": {
			fault: fake.Fault{Reset: true}, found: true,
			prepare: func(tenant *fake.Tenant) {
				tenant.AddSource(fake.SourceSpec{Name: "Orders"})
				tenant.Advance(2 * time.Second)
			},
		},
		"found a new one of another caller": {
			fault: fake.Fault{Reset: true}, found: true,
			prepare: func(tenant *fake.Tenant) {
				other, _ := tenant.AddUser("Grace Hopper")
				tenant.Before("POST", "", func(*fake.Request) { tenant.AddSource(fake.SourceSpec{Name: "Orders", CreatedBy: other}) })
			},
		},
	} {
		inBubble(t, name, func(t *testing.T) {
			tenant, client := start(t)
			if test.prepare != nil {
				test.prepare(tenant)
			}
			test.fault.Method = "POST"
			tenant.Fault(test.fault)
			sent := time.Now()
			_, err := client.CreateSource(t.Context(), "snowflake", creation("Orders"))
			if !immuta.IsUncertain(err) || immuta.IsTaken(err) {
				t.Fatalf("got %v", err)
			}
			source, ours, err := client.LookUpCreated(t.Context(), "Orders", sent)
			if !test.found {
				if !immuta.IsNotFound(err) || ours || source != nil {
					t.Errorf("got %v, %t, %v", source, ours, err)
				}
				return
			}
			wantNoError(t, err)
			if ours != test.ours || source.Name != "Orders" {
				t.Errorf("ours: %t, want %t, of %+v", ours, test.ours, source)
			}
			wantCount(t, tenant, "POST", "", 1)
		})
	}
}

// The server's clock is nobody else's, and known to the second: it says 12:00:10 when it is asked.
func TestLookUpGoesByTheServersClock(t *testing.T) {
	t.Parallel()
	const date = "Wed, 01 Jan 2020 12:00:10 GMT"
	for _, test := range []struct {
		sent      time.Duration // before the look-up
		createdAt string
		date      string
		ours      bool
	}{
		{0, "2020-01-01T12:00:10.000Z", date, true},
		{0, "2020-01-01T12:00:10.999Z", date, true},
		{0, "2020-01-01T12:00:09.999Z", date, false},
		{3 * time.Second, "2020-01-01T12:00:07.000Z", date, true},
		{3 * time.Second, "2020-01-01T12:00:06.999Z", date, false},
		{3300 * time.Millisecond, "2020-01-01T12:00:06.100Z", date, true}, // maybe sent at 12:00:06.7, maybe at 12:00:07.6
		{3300 * time.Millisecond, "2020-01-01T12:00:05.999Z", date, false},
		{time.Hour, "2020-01-01T11:00:11.000Z", date, true},
		{time.Second, "2020-01-01T13:00:10.000+01:00", date, true},
		{time.Second, "2020-01-01T12:00:10.000Z", "", false},
		{time.Second, "2020-01-01T12:00:10.000Z", "yesterday", false},
		{time.Second, "just now", date, false},
		{time.Second, "", date, false},
	} {
		inBubble(t, fmt.Sprint(test.createdAt, test.sent, test.date), func(t *testing.T) {
			client := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				record := map[string]any{"profile": map[string]any{"id": 7}}
				if r.URL.Path != "/bim/rpc/user/current" {
					record = map[string]any{"id": 1, "name": "Orders", "createdBy": "7", "createdAt": test.createdAt}
				}
				if test.date != "" {
					w.Header().Set("Date", test.date)
				}
				_ = json.NewEncoder(w).Encode(record)
			}))
			sent := time.Now()
			time.Sleep(test.sent)
			source, ours, err := client.LookUpCreated(t.Context(), "Orders", sent)
			wantNoError(t, err)
			if source.ID != 1 || ours != test.ours {
				t.Errorf("ours: %t, want %t, of %+v", ours, test.ours, source)
			}
		})
	}
}

func TestLookUpThatFails(t *testing.T) {
	t.Parallel()
	tenant, client := start(t, retries(0))
	tenant.AddSource(fake.SourceSpec{Name: "Orders"})

	tenant.Fault(fake.Fault{Path: "/bim/rpc/user/current", Status: 500})
	source, ours, err := client.LookUpCreated(t.Context(), "Orders", time.Now())
	wantStatus(t, err, 500)
	if ours || source == nil {
		t.Errorf("got %v, %t", source, ours)
	}

	for _, fault := range []fake.Fault{{HTML: true}, {Status: 200, Body: "{}"}, {Status: 200, Body: `[]`}, {Status: 200, Body: `{"id": 1`},
		{Truncate: true}, {Status: 500}} {
		tenant.Fault(fault)
		source, ours, err := client.LookUpCreated(t.Context(), "Orders", time.Now())
		if err == nil || source != nil || ours || immuta.IsNotFound(err) {
			t.Errorf("%v: got %v, %t, %v", fault, source, ours, err)
		}
	}
}
