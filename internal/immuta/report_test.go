package immuta_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// Lists whose envelope is not known are taken in every form that is likely.
func TestListsWithoutAnEnvelope(t *testing.T) {
	t.Parallel()
	const row = `{"id": "7", "name": "Ada", "state": "owner", "email": null, "profile": 12, "new": 1}`
	for text, want := range map[string]int{
		`[` + row + `,` + row + `]`:               2,
		`{"hits": [` + row + `], "facets": []}`:   1,
		`{"hits": [], "other": [` + row + `]}`:    0,
		`{"contacts": [` + row + `], "count": 1}`: 1,
		`[]`: 0,
	} {
		got, err := connect(t, replies(text)).Contacts(t.Context(), 1)
		if err != nil || len(got) != want {
			t.Errorf("%s: %d rows, %v; want %d", text, len(got), err, want)
		}
		for _, c := range got {
			if c.ID.Get() != 7 || c.Name.Get() != "Ada" || c.Email.Value != nil || c.Profile.Get() != 12 {
				t.Errorf("%s: %+v", text, c)
			}
		}
	}
	for _, text := range []string{`{"count": 1}`, `{"a": [], "b": []}`, `7`, `"x"`, `[7]`, `null`, ``, `{}`, `{"errors": []}`,
		`{"message": "no", "errors": [{}]}`, `{"hits": null}`} {
		_, err := connect(t, replies(text)).Contacts(t.Context(), 1)
		if e := wantAs[*immuta.UnreadableError](t, err); e.Request != "GET /dataSource/1/contacts" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestHandlerTypesInEveryForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[{"name": "Snowflake", "port": "443"}, {"name": "Trino"}]`:               "Snowflake Trino",
		`{"hits": [{"name": "Snowflake"}]}`:                                       "Snowflake",
		`{"types": [{"name": "Snowflake"}]}`:                                      "Snowflake",
		`{"Trino": {"baseUrl": "/trino"}, "Asa": {"name": "Synapse", "port": 1}}`: "Synapse Trino",
		`[]`: "",
		`{}`: "error",
	} {
		got, err := connect(t, replies(text)).HandlerTypes(t.Context())
		var names []string
		for _, one := range got {
			names = append(names, string(one.Name.Get()))
		}
		if err != nil {
			names = []string{"error"}
		}
		wantEqual(t, text, strings.Join(names, " "), want)
	}
}

// Where the reference says array and means object, or the other way round, both are taken.
func TestShapesThatTheReferenceDoubts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`[{"id": 1, "name": ["A"], "policyId": null, "restrictions": {"operator": "and", "purposes": "p"}}]`,
		`[{"id": "1", "name": "A", "restrictions": [{"operator": "and", "purposes": ["p"]}]}]`,
	} {
		got, err := connect(t, replies(text)).SourcesByPurpose(t.Context(), []string{"p"}, nil)
		if err != nil || len(got) != 1 || got[0].Name.Value != "A" || got[0].ID != 1 || len(got[0].Restrictions.Get()) != 1 ||
			got[0].Restrictions.Get()[0].Purposes.Get()[0] != "p" {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		`{"count": 1, "activities": [{"id": 1, "modelId": 57, "actionBy": [{"id": "5", "name": "Ada"}], ` +
			`"targetUser": null, "metadata": "text"}]}`,
		`{"count": "1", "activities": [{"id": "1", "modelId": "57", "actionBy": {"id": 5, "name": "Ada", "x": 1}}]}`,
	} {
		got, err := connect(t, replies(text)).Activities(t.Context(), 1, 0)
		if err != nil || len(got.Items) != 1 {
			t.Fatalf("%s: %+v, %v", text, got, err)
		}
		a := got.Items[0]
		if a.ModelID.Get() != "57" || a.ActionBy.Get().ID.Get() != 5 || a.TargetUser.Value != nil || a.Details() != (immuta.ActivityMetadata{}) {
			t.Errorf("%s: %+v", text, a)
		}
	}
	health, err := connect(t, replies(
		`{"sql": "failed", "stats": {"status": "PASSED"}, "sdd": null, "blob": {}, "new": {"status": "error"}}`,
	)).RunHealthChecks(t.Context(), 1)
	wantNoError(t, err)
	for check, failed := range map[string]bool{"sql": true, "stats": false, "sdd": false, "blob": false, "new": true, "missing": false} {
		wantEqual(t, check, health[check].Failed(), failed)
	}
	tasks, err := connect(t, replies(
		`{"hits": [{"id": "1", "targetNames": ["Ada", "Grace"], "targetEmails": "a@b.c", "requester": {"id": 1}}], "count": "1"}`,
	)).FindTasks(t.Context(), 1, immuta.TaskSearch{}, 0)
	wantNoError(t, err)
	if row := tasks.Items[0]; immuta.Targets(row.TargetNames).Get() != "Ada, Grace" || immuta.Targets(row.TargetEmails).Get() != "a@b.c" {
		t.Errorf("%+v", row)
	}
	report, err := connect(t, replies(
		`{"masked": {"name": "email"}, "userVisibilitiesCount": "3", "noVisibilities": "false", "policySet": {"a": 1}}`,
	)).MyVisibilityReport(t.Context(), 1)
	wantNoError(t, err)
	if len(report.Masked.Get()) != 1 || report.UserVisibilitiesCount.Get() != 3 || report.NoVisibilities.Value == nil ||
		string(report.PolicySet.Get()) != `{"a": 1}` {
		t.Errorf("%+v", report)
	}
}

// What other modes of the search answer is kept, whatever it is.
func TestAggregatesInEveryForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ rows, total int }{
		`{"count": 12}`: {0, 12},
		`{"hits": [], "count": "12", "facets": {}}`:               {0, 12},
		`{"hits": [{"id": 1, "tags": ["a"]}, "odd"], "count": 2}`: {1, 2},
		`{"hits": {"min": 1, "max": 5}}`:                          {0, 0},
		`[{"tag": "PII", "count": 4}]`:                            {0, 0},
		`7`:                                                       {0, 0},
	} {
		got, err := connect(t, replies(text)).AggregateSources(t.Context(), immuta.Search{}, 4, 0)
		if err != nil || len(got.Rows) != want.rows || int(got.Total.Get()) != want.total || string(got.JSON) != text {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestPendingTasksInEveryForm(t *testing.T) {
	t.Parallel()
	yes := true
	for _, test := range []struct {
		text     string
		search   immuta.PendingSearch
		rows     int
		incoming string
	}{
		{`{"incoming": [{"id": "1", "count": "2", "x": 1}], "outgoing": []}`, immuta.PendingSearch{}, 1, `[{"id": "1", "count": "2", "x": 1}]`},
		{`{"incoming": null}`, immuta.PendingSearch{}, 0, `[]`},
		{`{"incoming": 3, "outgoing": 1}`, immuta.PendingSearch{CountOnly: &yes}, 0, `3`},
		{`{"incoming": {"count": 3}}`, immuta.PendingSearch{CountByDataSource: &yes}, 0, `{"count": 3}`},
		{`{"incoming": [{"dataSourceId": 5, "rows": []}]}`, immuta.PendingSearch{GroupByDataSource: &yes}, 1,
			`[{"dataSourceId": 5, "rows": []}]`},
		{`{"incoming": {"odd": true}}`, immuta.PendingSearch{}, 0, `{"odd": true}`},
	} {
		got, err := connect(t, replies(test.text, `{"incoming": [], "outgoing": []}`)).PendingTasks(t.Context(), test.search)
		if err != nil || len(got.Incoming.Rows) != test.rows || string(got.Incoming.JSON) != test.incoming {
			t.Errorf("%s: %+v %s, %v", test.text, got.Incoming, got.Incoming.JSON, err)
		}
	}
}

// A route that a tenant no longer has is told from a source that does not exist.
func TestReadsOfMissingRoutes(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	id := addSource(tenant)
	gone := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/dataSource/100" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"statusCode":404,"error":"Not Found","message":"Not Found"}`))
			return
		}
		tenant.ServeHTTP(w, r)
	}))
	ctx := t.Context()
	for name, read := range map[string]func(id int64) error{
		"lineage":    func(id int64) error { _, err := gone.Lineage(ctx, id, immuta.LineageAll); return err },
		"contacts":   func(id int64) error { _, err := gone.Contacts(ctx, id); return err },
		"unmaskers":  func(id int64) error { _, err := gone.Unmaskers(ctx, id, "c"); return err },
		"activities": func(id int64) error { _, err := gone.Activities(ctx, id, 0); return err },
		"members":    func(id int64) error { _, err := gone.FindMembers(ctx, id, immuta.MemberSearch{}, 0); return err },
		"tasks":      func(id int64) error { _, err := gone.FindTasks(ctx, id, immuta.TaskSearch{}, 0); return err },
		"count":      func(id int64) error { _, err := gone.CountTasks(ctx, id, immuta.TaskSearch{}); return err },
		"comments":   func(id int64) error { _, err := gone.Comments(ctx, id, immuta.CommentSearch{}); return err },
		"replies":    func(id int64) error { _, err := gone.Replies(ctx, id, 5); return err },
		"tags":       func(id int64) error { _, err := gone.SourceTags(ctx, id); return err },
		"health":     func(id int64) error { _, err := gone.RunHealthChecks(ctx, id); return err },
		"report":     func(id int64) error { _, err := gone.MyVisibilityReport(ctx, id); return err },
		"profile":    func(id int64) error { _, err := gone.VisibilityReport(ctx, id, 5, nil, nil); return err },
		"policies":   func(id int64) error { _, err := gone.PolicyInfo(ctx, id, 5, nil); return err },
		"blob":       func(id int64) error { _, _, err := gone.BlobContent(ctx, id, "a/b", 10); return err },
	} {
		if err := read(id); !immuta.IsMissingRoute(err) {
			t.Errorf("%s of a source: %v", name, err)
		}
		if err := read(4711); !immuta.IsNotFound(err) {
			t.Errorf("%s of no source: %v", name, err)
		}
	}
}
