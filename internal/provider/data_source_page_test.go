package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// list is a data source that answers a list.
type list struct {
	name, at string
	page     int // rows a request; 0: it is answered at once
	// seed makes the list have so many rows. It returns the configuration, if that depends on it.
	seed func(tenant *fake.Tenant, rows int) attrs
}

func lists() []list {
	// aSource is a source that nobody is a member of but its owner, who is not in the way.
	aSource := func(tenant *fake.Tenant) int {
		id := tenant.AddSource(fake.SourceSpec{})
		tenant.RemoveMember(id, tenant.Members(id)[0].SubscriptionID)
		return id
	}
	many := func(add func(tenant *fake.Tenant, id, i int)) func(*fake.Tenant, int) attrs {
		return func(tenant *fake.Tenant, rows int) attrs {
			id := aSource(tenant)
			for i := range rows {
				add(tenant, id, i)
			}
			return attrs{"data_source_id": id}
		}
	}
	sources := func(config attrs, change func(tenant *fake.Tenant, id int)) func(*fake.Tenant, int) attrs {
		return func(tenant *fake.Tenant, rows int) attrs {
			for range rows {
				id := tenant.AddSource(fake.SourceSpec{})
				if change != nil {
					change(tenant, id)
				}
			}
			return config
		}
	}
	member := func(tenant *fake.Tenant, id, i int) {
		tenant.AddMember(id, fake.Member{ProfileID: 1000 + i, State: "subscribed"})
	}
	comment := func(tenant *fake.Tenant, id, _ int) { tenant.AddComment(id, fake.Comment{Body: "x"}) }
	task := func(tenant *fake.Tenant, id, _ int) {
		tenant.AddTask(fake.Task{SourceID: id, TargetIDs: []int{fake.DefaultProfileID}, RequesterID: 1000})
	}
	return []list{
		{name: "immuta_data_sources", at: "data_sources", page: immuta.PageSize, seed: sources(attrs{}, nil)},
		{name: "immuta_data_source_activities", at: "activities", page: immuta.PageSize, seed: func(tenant *fake.Tenant, rows int) attrs {
			id := aSource(tenant) // which has one activity already
			for range rows - 1 {
				tenant.AddActivity(id, fake.Activity{NotificationType: "x"})
			}
			return attrs{"data_source_id": id}
		}},
		{name: "immuta_data_source_access", at: "users", page: immuta.PageSize, seed: many(member)},
		{name: "immuta_data_source_tasks", at: "tasks", page: immuta.PageSize, seed: many(task)},
		{name: "immuta_pending_tasks", at: "incoming", page: immuta.PageSize, seed: func(tenant *fake.Tenant, rows int) attrs {
			many(task)(tenant, rows)
			return attrs{}
		}},
		{name: "immuta_s3_objects", at: "objects", page: 1000, seed: func(tenant *fake.Tenant, rows int) attrs {
			id := tenant.AddSource(fake.SourceSpec{})
			for i := range rows {
				tenant.SetBlob(id, fmt.Sprintf("dir %d/a+b %d.txt", i%7, i), fake.Blob{})
			}
			return attrs{}
		}},
		{name: "immuta_my_data_sources", at: "data_sources", seed: sources(attrs{}, nil)},
		{name: "immuta_data_sources_by_purpose", at: "data_sources", seed: sources(attrs{"purposes": []any{"a"}},
			func(tenant *fake.Tenant, id int) { tenant.Restrict(id, "or", "a") })},
		{name: "immuta_data_source_contacts", at: "contacts", seed: func(tenant *fake.Tenant, rows int) attrs {
			id := aSource(tenant)
			for i := range rows {
				profile, _ := tenant.AddUser(fmt.Sprintf("User %d", i))
				tenant.AddMember(id, fake.Member{ProfileID: profile, State: "expert"})
			}
			return attrs{"data_source_id": id}
		}},
		{name: "immuta_data_source_tags", at: "tags", seed: many(func(tenant *fake.Tenant, id, i int) {
			tenant.UpdateSource(id, func(s *fake.Source) { s.Tags = append(s.Tags, fake.Tag{Name: fmt.Sprint("T", i)}) })
		})},
		{name: "immuta_data_source_comments", at: "comments", seed: many(comment)},
		{name: "immuta_data_source_lineage", at: "children", seed: func(tenant *fake.Tenant, rows int) attrs {
			id := aSource(tenant)
			for range rows {
				tenant.Derive(id, tenant.AddSource(fake.SourceSpec{}), 0)
			}
			return attrs{"data_source_id": id}
		}},
	}
}

// Lists of every length come whole, in pages that are no more than needed.
func TestDataSourceLists(t *testing.T) {
	t.Parallel()
	for _, l := range lists() {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			lengths := []int{0, 1, 2500}
			if l.page > 0 {
				lengths = append(lengths, l.page-1, l.page, l.page+1)
			}
			for _, rows := range lengths {
				if rows == 0 && l.name == "immuta_data_source_activities" {
					rows = 1 // every source has one from the start
				}
				env := acctest.NewSerial(t)
				config := l.seed(env.Tenant, rows)
				p := env.Protocol(nil)
				state := p.Answered(l.name, config)
				got, _ := acctest.Get(state, l.at).([]any)
				distinct := map[string]bool{}
				for _, row := range got {
					distinct[fmt.Sprint(row)] = true
				}
				if len(got) != rows || len(distinct) != rows {
					t.Errorf("%d rows, %d of them different, want %d", len(got), len(distinct), rows)
				}
				if l.page == 0 {
					continue
				}
				want := max(1, (rows+l.page-1)/l.page)
				switch {
				case l.name == "immuta_pending_tasks" && rows > 0:
					want = (rows+l.page-1)/l.page + 1 // without a total, only an empty page is the last
				case l.name == "immuta_data_source_activities" && rows == l.page:
					want++ // the total of a full page might be that of the page
				}
				if journal := env.Tenant.Journal(); len(journal) != want {
					t.Errorf("%d rows take %d requests, want %d", rows, len(journal), want)
				}
				if total := acctest.Get(state, "total"); total != nil && total != int64(rows) {
					t.Errorf("the total of %d rows is %v", rows, total)
				}
			}
		})
	}
}

// max_results ends the reading as soon as it is reached, and keeps the last page small.
func TestDataSourceListsEnd(t *testing.T) {
	t.Parallel()
	const rows = 450
	for _, l := range lists() {
		if l.page != immuta.PageSize || l.name == "immuta_pending_tasks" {
			continue
		}
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			env := acctest.NewSerial(t)
			config := l.seed(env.Tenant, rows)
			p := env.Protocol(nil)
			for most, sizes := range map[int]string{1: "1", 200: "200", 201: "200 1", 449: "200 200 49", 450: "200 200 50", 1000: "200 200 200"} {
				env.Tenant.ResetJournal()
				config["max_results"] = most
				state := p.Answered(l.name, config)
				if got, _ := acctest.Get(state, l.at).([]any); len(got) != min(most, rows) {
					t.Errorf("max_results = %d: %d rows", most, len(got))
				}
				if total := acctest.Get(state, "total"); total != int64(rows) && most != 200 && most != 1 {
					t.Errorf("max_results = %d: total is %v", most, total)
				}
				var asked []string
				for _, request := range env.Tenant.Journal() {
					asked = append(asked, request.Query.Get("size"))
				}
				if got := strings.Join(asked, " "); got != sizes {
					t.Errorf("max_results = %d: pages of %s, want %s", most, got, sizes)
				}
			}
		})
	}
}

// A list that changes while it is read is read again from its beginning; twice at most, and then the user is told.
func TestDataSourceListChanges(t *testing.T) {
	t.Parallel()
	const rows = 450
	for _, test := range []struct {
		name           string
		changes        int // how many requests in a row find another list
		rows, requests int
		warns          bool
	}{
		{"never", 0, 450, 3, false},
		{"once", 1, 449, 2 + 3, false},
		{"twice", 2, 448, 2 + 2 + 3, false},
		{"again and again", 100, 0, 2 + 2 + 3, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := acctest.NewSerial(t)
			var ids []int
			for range rows {
				ids = append(ids, env.Tenant.AddSource(fake.SourceSpec{}))
			}
			left := test.changes
			env.Tenant.Before("GET", "/dataSource", func(r *fake.Request) {
				// A source of the first page goes, so that another one moves over its end.
				if r.Query.Get("offset") != "0" && left > 0 {
					left--
					env.Tenant.Destroy(ids[0])
					ids = ids[1:]
				}
			})
			state, diags := env.Protocol(nil).DataSource("immuta_data_sources", attrs{})
			diags.WantNoError(t)
			if test.warns {
				diags.WantWarning(t, "may not be complete", "Searching the data sources")
			} else {
				diags.WantNone(t)
				got, _ := acctest.Get(state, "data_sources").([]any)
				if len(got) != test.rows {
					t.Errorf("%d rows, want %d", len(got), test.rows)
				}
				for i, row := range got {
					if found, _ := row.(map[string]any); found["id"] != int64(ids[i]) {
						t.Fatalf("row %d is %v, want %d", i, found["id"], ids[i])
					}
				}
			}
			if journal := env.Tenant.Journal(); len(journal) != test.requests {
				t.Errorf("%d requests, want %d: %q", len(journal), test.requests, journal.Lines())
			}
		})
	}
}

// A server that answers the first page whatever it is asked for cannot be read.
func TestDataSourceIgnoredOffset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 300 {
		w.Tenant.AddSource(fake.SourceSpec{})
	}
	deaf := rewrittenRequest(t, w.Tenant, func(r *http.Request) {
		q := r.URL.Query()
		for _, ignored := range []string{"offset", "marker", "start-after"} {
			q.Del(ignored)
		}
		r.URL.RawQuery = q.Encode()
	})
	w.Protocol(attrs{"host": deaf}).TryRead("immuta_data_sources", nil).
		WantError(t, "Searching the data sources failed", "offset=200", "ignores the parameter", "max_results")

	for i := range 1001 {
		w.Tenant.SetBlob(w.source, fmt.Sprint(i), fake.Blob{})
	}
	for version, parameter := range map[int]string{1: "marker=", 2: "start-after="} {
		w.Protocol(attrs{"host": deaf}).TryRead("immuta_s3_objects", attrs{"list_type": version}).
			WantError(t, `Listing the bucket "immuta" failed`, parameter, "ignores the parameter")
	}
}

// What mode, select_fields and id_only leave out is null, and not zero.
func TestDataSourcesAskForLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Protocol(nil)
	for _, test := range []struct {
		config attrs
		has    []string
	}{
		{attrs{"id_only": true}, []string{"id", "subscription_status"}},
		{attrs{"select_fields": []any{"id"}}, []string{"id", "subscription_status"}},
		{attrs{"select_fields": []any{"name"}}, []string{"name", "subscription_status"}},
		{attrs{"select_fields": []any{"columnEvolutionEnabled"}}, []string{"column_evolution_enabled", "policy", "subscription_status"}},
	} {
		state := p.Answered("immuta_data_sources", test.config)
		rows, _ := acctest.Get(state, "data_sources").([]any)
		if len(rows) != 3 {
			t.Errorf("%v: %d rows, want 3", test.config, len(rows))
		}
		for _, row := range rows {
			object, _ := row.(map[string]any)
			for key, value := range object {
				if has := strings.Contains(" "+strings.Join(test.has, " ")+" ", " "+key+" "); has != (value != nil) {
					t.Errorf("%v: %s is %v", test.config, key, value)
				}
			}
		}
	}
	for mode, rows := range map[string]any{"count": nil, "tag": 3, "min_max": 3, "status": 3} {
		state := p.Answered("immuta_data_sources", attrs{"mode": mode})
		list, _ := acctest.Get(state, "data_sources").([]any)
		if acctest.Get(state, "total") != int64(3) || acctest.Get(state, "answer_json") == nil || (rows == nil) != (list == nil) {
			t.Errorf("mode %s: %v", mode, acctest.Get(state, ""))
		}
	}
}
