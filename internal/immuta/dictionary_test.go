package immuta_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// column makes a column as the tenant takes it.
func column(name string) immuta.Column {
	c := immuta.NewColumn(name)
	c.Set("dataType", "text")
	c.Set("remoteType", "varchar")
	return c
}

// adding makes a change that adds columns which are not there yet.
func adding(names ...string) func([]immuta.Column) ([]immuta.Column, error) {
	return func(columns []immuta.Column) ([]immuta.Column, error) {
		columns = slices.Clone(columns)
		for _, name := range names {
			if !slices.ContainsFunc(columns, func(c immuta.Column) bool { return c.Name() == name }) {
				columns = append(columns, column(name))
			}
		}
		return columns, nil
	}
}

func namesOf(tenant *fake.Tenant, id int64) []string {
	dictionary, _ := tenant.Dictionary(int(id))
	names := []string{}
	for _, c := range dictionary.Columns {
		names = append(names, c.Name)
	}
	return names
}

func TestDictionaryIsRead(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]fake.Option{"": nil, "texts": {fake.WithNumericStrings()}} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client := startWith(t, options)
			id := addSource(tenant)
			dictionary, err := client.Dictionary(t.Context(), id)
			wantNoError(t, err)
			first := dictionary.Columns[0]
			if first.Name() != "id" || first.Text("dataType").Get() != "integer" || bool(first.Nullable().Get()) || len(first.Tags()) > 0 ||
				dictionary.ID == 0 {
				t.Errorf("unexpected dictionary %+v", dictionary)
			}
			tenant.DeleteDictionary(int(id))
			if _, err := client.Dictionary(t.Context(), id); !immuta.IsNotFound(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDictionaryThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `{"metadata": []}`, `{"id": 1, "metadata": [7]}`, `{"id": 1, "metadata": "x"}`} {
		_, err := connect(t, replies(body)).Dictionary(t.Context(), 1)
		_ = wantAs[*immuta.UnreadableError](t, err)
	}
	dictionary, err := connect(t, replies(`{"id": 1, "metadata": [null, {"name": null, "tags": null}]}`)).Dictionary(t.Context(), 1)
	wantNoError(t, err)
	for _, c := range dictionary.Columns {
		if c.Name() != "" || c.Tags() != nil {
			t.Errorf("unexpected column %+v", c)
		}
		c.Set("name", "x")
		c.ChangeTags([]immuta.TagKey{{Name: "PII", Source: immuta.CuratedSource}}, nil)
	}
}

func TestChangeDictionaryWritesTheWhole(t *testing.T) {
	t.Parallel()
	tenant, client, id := withSource(t)
	changed, err := client.ChangeDictionary(t.Context(), id, adding("extra"))
	wantNoError(t, err)
	want := []string{"id", "name", "created_at", "extra"}
	wantEqual(t, "the names", namesOf(tenant, id), want)
	wantEqual(t, "columns answered", len(changed.Columns), len(want))
	wantEqual(t, "the requests", tenant.Journal().Lines(), []string{"GET /dictionary/100", "PUT /dictionary/100"})
	// Keys that nobody changed are sent back.
	dictionary, _ := tenant.Dictionary(int(id))
	if c := dictionary.Columns[0]; c.RemoteColumn == nil || *c.RemoteColumn != "id" {
		t.Error("remoteColumn is lost")
	}
}

func TestChangeDictionaryWritesOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	first := func(key string, value any) func([]immuta.Column) ([]immuta.Column, error) {
		return func(columns []immuta.Column) ([]immuta.Column, error) {
			columns = slices.Clone(columns)
			columns[0] = columns[0].Clone()
			columns[0].Set(key, value)
			return columns, nil
		}
	}
	for name, test := range map[string]struct {
		change func([]immuta.Column) ([]immuta.Column, error)
		writes int
	}{
		"the same": {func(columns []immuta.Column) ([]immuta.Column, error) { return columns, nil }, 0},
		"another order": {func(columns []immuta.Column) ([]immuta.Column, error) {
			columns = slices.Clone(columns)
			slices.Reverse(columns)
			return columns, nil
		}, 0},
		"another spelling": {first("nullable", json.RawMessage(" false ")), 0},
		"another value":    {first("description", "new"), 1},
		"a new key":        {first("tags", []immuta.TagKey{{Name: "PII", Source: immuta.CuratedSource}}), 1},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t)
			_, err := client.ChangeDictionary(t.Context(), id, test.change)
			wantNoError(t, err)
			wantEqual(t, "writes", len(tenant.Journal().Writes()), test.writes)
		})
	}
}

func TestChangeDictionaryMakesOne(t *testing.T) {
	t.Parallel()
	const get, post, put = "GET /dictionary/100", "POST /dictionary/100", "PUT /dictionary/100"
	for name, test := range map[string]struct {
		fault fake.Fault
		other []string // columns of a dictionary that somebody else makes meanwhile
		want  []string
		names []string
	}{
		"at once":            {want: []string{get, post}, names: []string{"a"}},
		"by a lost POST":     {fault: fake.Fault{Reset: true, When: fake.After}, want: []string{get, post, get}, names: []string{"a"}},
		"by a truncated one": {fault: fake.Fault{Truncate: true}, want: []string{get, post, get}, names: []string{"a"}},
		"by a POST with 504": {fault: fake.Fault{Status: 504, When: fake.After}, want: []string{get, post, get}, names: []string{"a"}},
		"by one that is answered with nothing": {
			fault: fake.Fault{Status: 200, Body: " ", When: fake.After}, want: []string{get, post, get}, names: []string{"a"},
		},
		"by one that is repeated": {
			fault: fake.Fault{Status: 503, RetryAfter: "1", When: fake.After}, want: []string{get, post, post, get}, names: []string{"a"},
		},
		"after somebody else":               {other: []string{"b"}, want: []string{get, post, get, put}, names: []string{"b", "a"}},
		"after somebody else made the same": {other: []string{"a"}, want: []string{get, post, get}, names: []string{"a"}},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t)
			tenant.DeleteDictionary(int(id))
			if test.fault.Reset || test.fault.Truncate || test.fault.Status != 0 {
				test.fault.Method = "POST"
				tenant.Fault(test.fault)
			}
			if test.other != nil {
				var met atomic.Bool
				tenant.Before("POST", "", func(*fake.Request) {
					if met.CompareAndSwap(false, true) {
						createBehind(t, tenant, test.other)
					}
				})
			}
			dictionary, err := client.ChangeDictionary(t.Context(), id, adding("a"))
			wantNoError(t, err)
			wantEqual(t, "columns answered", len(dictionary.Columns), len(test.names))
			wantEqual(t, "the names", namesOf(tenant, id), test.names)
			lines := slices.DeleteFunc(tenant.Journal(), func(r fake.Request) bool { return r.Header.Get("User-Agent") == "somebody else" }).Lines()
			wantEqual(t, "the requests", lines, test.want)
		})
	}
}

// createBehind makes the dictionary of source 100 as somebody else.
func createBehind(t *testing.T, tenant *fake.Tenant, names []string) {
	other := connect(t, tenant, func(c *immuta.Config) { c.UserAgent = "somebody else" })
	if _, err := other.ChangeDictionary(context.WithoutCancel(t.Context()), 100, adding(names...)); err != nil {
		t.Error(err)
	}
}

func TestChangeDictionaryThatFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		none   bool // there is no dictionary
		faults []fake.Fault
		status int
	}{
		"to read":   {faults: []fake.Fault{{Method: "GET", Status: 403}}, status: 403},
		"to write":  {faults: []fake.Fault{{Method: "PUT", Status: 403}}, status: 403},
		"to create": {none: true, faults: []fake.Fault{{Method: "POST", Status: 403}}, status: 403},
		"to create, and cannot look": {none: true, faults: []fake.Fault{{Method: "POST", Status: 500},
			{Method: "GET", Skip: 1, Status: 403}}, status: 500},
		"to create, which has no effect": {none: true, faults: []fake.Fault{{Method: "POST", Status: 500}}, status: 500},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t)
			if test.none {
				tenant.DeleteDictionary(int(id))
			}
			for _, fault := range test.faults {
				tenant.Fault(fault)
			}
			_, err := client.ChangeDictionary(t.Context(), id, adding("a"))
			wantStatus(t, err, test.status)
			if slices.Contains(namesOf(tenant, id), "a") {
				t.Error("it was written all the same")
			}
		})
	}
}

func TestChangeDictionaryThatIsRefusedByTheCallerWritesNothing(t *testing.T) {
	t.Parallel()
	for name, none := range map[string]bool{"with a dictionary": false, "without one": true} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t)
			if none {
				tenant.DeleteDictionary(int(id))
			}
			refused := errors.New("no")
			_, err := client.ChangeDictionary(t.Context(), id, func([]immuta.Column) ([]immuta.Column, error) { return nil, refused })
			if !errors.Is(err, refused) || immuta.IsNotFound(err) != none {
				t.Errorf("got %v", err)
			}
			wantEqual(t, "writes", len(tenant.Journal().Writes()), 0)
		})
	}
}

// Each change reads, decides and writes the whole: side by side they would undo each other.
func TestChangesOfOneDictionaryWaitForEachOther(t *testing.T) {
	t.Parallel()
	tenant, client, id := withSource(t)
	const changes = 20
	wantNoError(t, parallel(changes, func(i int) error {
		_, err := client.ChangeDictionary(t.Context(), id, adding(fmt.Sprint("c", i)))
		return err
	}))
	wantEqual(t, "columns", len(namesOf(tenant, id)), 3+changes)
	wantEqual(t, "locks that are left", client.Locks(), 0)
}

func TestNoColumnsAreSentAsAnEmptyList(t *testing.T) {
	t.Parallel()
	tenant, client, id := withSource(t)
	_, err := client.ChangeDictionary(t.Context(), id, func([]immuta.Column) ([]immuta.Column, error) { return nil, nil })
	for _, request := range tenant.Journal().Filter("PUT", "") {
		wantEqual(t, "the body", string(request.Body), `{"metadata":[]}`)
	}
	wantCount(t, tenant, "PUT", "", 1)
	_ = err // The tenant may well refuse it.
}

func TestDeleteDictionary(t *testing.T) {
	t.Parallel()
	// The answer to the DELETE is an empty object, which proves nothing: that it is gone, a look has to show, and the caller's
	// own user and the source, that it is Immuta who answers.
	const del, get, who, source = "DELETE /dictionary/100", "GET /dictionary/100", "GET /bim/rpc/user/current", "GET /dataSource/100"
	for name, test := range map[string]struct {
		faults []fake.Fault
		status int // of the error
		gone   bool
		want   []string
	}{
		"":                     {gone: true, want: []string{del, get, who, source}},
		"whose answer is lost": {faults: []fake.Fault{{Reset: true, When: fake.After}}, gone: true, want: []string{del, get, who, source}},
		"whose answer is HTML": {faults: []fake.Fault{{HTML: true, When: fake.After}}, gone: true, want: []string{del, get, who, source}},
		"that never arrives":   {faults: []fake.Fault{{Status: 502}}, status: 502, want: []string{del, get}},
		"that is forbidden":    {faults: []fake.Fault{{Status: 403}}, status: 403, want: []string{del}},
		"that cannot be looked for": {faults: []fake.Fault{{Status: 502, When: fake.After}, {Status: 403}}, status: 502, gone: true,
			want: []string{del, get}},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client, id := withSource(t)
			for _, fault := range test.faults {
				tenant.Fault(fault)
			}
			err := client.DeleteDictionary(t.Context(), id)
			if test.status != 0 {
				wantStatus(t, err, test.status)
			} else {
				wantNoError(t, err)
			}
			if _, there := tenant.Dictionary(int(id)); there == test.gone {
				t.Errorf("there: %t", there)
			}
			wantEqual(t, "the requests", tenant.Journal().Lines(), test.want)
			wantNoError(t, client.DeleteDictionary(t.Context(), id)) // however often
			wantNoError(t, client.DeleteDictionary(t.Context(), 999))
		})
	}
}

func TestCancelledDeletionOfADictionaryStillLooks(t *testing.T) {
	t.Parallel()
	tenant, client, id := withSource(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	tenant.After("DELETE", "", func(*fake.Request) { cancel(errStopped) })
	tenant.Fault(fake.Fault{Method: "DELETE", Reset: true, When: fake.After})
	wantNoError(t, client.DeleteDictionary(ctx, id))
	wantCount(t, tenant, "GET", "/dictionary/*", 1)
}

func TestSearchColumns(t *testing.T) {
	t.Parallel()
	tenant, client := start(t)
	addSource(tenant)
	for _, test := range []struct {
		text  string
		limit int64
		want  []string
		query string
	}{
		{"", 10, []string{"created_at", "id", "name"}, "limit=10"},
		{"NAME", 10, []string{"name"}, "limit=10&searchText=NAME"},
		{"", 2, []string{"created_at", "id"}, "limit=2"},
		{"a b&c", 10, []string{}, "limit=10&searchText=a+b%26c"},
	} {
		tenant.ResetJournal()
		got, err := client.SearchColumns(t.Context(), test.text, test.limit)
		wantNoError(t, err)
		wantEqual(t, test.text, got, test.want)
		wantEqual(t, fmt.Sprint(test.text, ": the query"), tenant.Journal()[0].RawQuery, test.query)
	}
}

func TestSearchColumnsWhateverTheRowsAre(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		`[{"columnName": "a"}, {"columnName": 7}]`: {"a", "7"},
		`["a", "b"]`:          {"a", "b"},
		`{"columnName": "a"}`: {"a"},
		`"a"`:                 {"a"},
		`[]`:                  {},
	} {
		got, err := connect(t, replies(body)).SearchColumns(t.Context(), "", 10)
		wantNoError(t, err)
		wantEqual(t, body, got, want)
	}
	for _, body := range []string{`[[]]`, `null`, ``, `{}`, `{"message": "maintenance"}`} {
		_, err := connect(t, refusal(http.StatusOK, nil, body)).SearchColumns(t.Context(), "", 10)
		_ = wantAs[*immuta.UnreadableError](t, err)
	}
}

func TestChangeTagsKeepsTheOthers(t *testing.T) {
	t.Parallel()
	const tags = `[{"name": "PII", "source": "curated", "addedBy": 7}, {"name": "Discovered.Name", "source": "discovered"},
		{"name": "Old"}, "odd", {"name": "Forgotten", "source": "curated", "deleted": true}]`
	curated := func(name string) immuta.TagKey { return immuta.TagKey{Name: name, Source: immuta.CuratedSource} }
	for name, test := range map[string]struct {
		add, remove []immuta.TagKey
		want        string
	}{
		"nothing": {want: tags},
		"one more": {
			add:  []immuta.TagKey{curated("PII"), curated("New")},
			want: tags[:len(tags)-1] + `, {"name": "New", "source": "curated"}]`,
		},
		"one less, which named no source": {
			remove: []immuta.TagKey{curated("Old"), curated("Discovered.Name"), curated("Forgotten")},
			want: `[{"name": "PII", "source": "curated", "addedBy": 7}, {"name": "Discovered.Name", "source": "discovered"}, "odd",
				{"name": "Forgotten", "source": "curated", "deleted": true}]`,
		},
		"one that is only remembered": {
			add: []immuta.TagKey{curated("Forgotten")}, want: tags[:len(tags)-1] + `, {"name": "Forgotten", "source": "curated"}]`,
		},
	} {
		inParallel(t, name, func(t *testing.T) {
			c := immuta.NewColumn("a")
			c.Set("tags", json.RawMessage(tags))
			c.ChangeTags(test.add, test.remove)
			got, err := json.Marshal(c)
			wantNoError(t, err)
			if want := `{"name": "a", "tags": ` + test.want + `}`; !immuta.SameJSON(got, []byte(want)) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	c := immuta.NewColumn("a")
	c.ChangeTags(nil, nil)
	if got, _ := json.Marshal(c); string(got) != `{"name":"a","tags":[]}` {
		t.Errorf("got %s", got)
	}
}
