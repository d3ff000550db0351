package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// Every data source is in the world, so that what follows forgets none.
func TestEveryDataSourceIsTested(t *testing.T) {
	t.Parallel()
	names := served(t)
	slices.Sort(names)
	want := slices.Sorted(maps.Keys((&world{}).readings()))
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("tested (-) and served (+):\n%s", diff)
	}
}

// completing is the GET that performs a task and marks it as complete.
var completing = regexp.MustCompile(`^/dataSource/tasks/\d+$`)

// requests is what one read of each data source costs, where that is not one request.
var requests = map[string]int{
	"immuta_data_source":          2, // the source, its handler
	"immuta_data_source_comments": 2, // the comments, their count
	"immuta_pending_tasks":        2, // a page, and one to see that it was the last
}

// No data source changes anything, but for the health check, which runs what it reads; and none completes a task.
func TestDataSourcesAnswer(t *testing.T) {
	t.Parallel()
	for _, name := range served(t) {
		w := newWorld(t)
		r := w.readings()[name]
		p := w.Protocol(nil)
		before, tasks := w.Tenant.Sources(), w.Tenant.Tasks(w.source)
		w.Tenant.ResetJournal()
		acctest.WantAttributes(t, p.Answered(name, r.config), r.want)
		journal := w.Tenant.Journal()
		if want := max(1, requests[name]); len(journal) != want {
			t.Errorf("%s sends %d requests, want %d: %q", name, len(journal), want, journal.Lines())
		}
		for _, request := range journal {
			if request.Method != http.MethodGet || completing.MatchString(request.Path) {
				t.Errorf("%s sent %s", name, request)
			}
		}
		if name == "immuta_data_source_health" {
			continue
		}
		if diff := cmp.Diff(before, w.Tenant.Sources()) + cmp.Diff(tasks, w.Tenant.Tasks(w.source)); diff != "" {
			t.Errorf("%s changed a source or a task:\n%s", name, diff)
		}
	}
}

// A refusal says what was attempted and what Immuta said, on the attribute that names what is read.
func TestDataSourcesRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		w := newWorld(t)
		w.Tenant.Fault(fake.Fault{Method: "GET", Path: "**", Status: status, Message: "Not for you.", Times: fake.Always})
		p := w.Protocol(nil)
		for name, r := range w.readings() {
			at := r.subject
			if part := r.part; part != "" && status == http.StatusForbidden {
				at = part // when nothing is found, the source is not either
			}
			p.TryRead(name, r.config).WantErrorAt(t, at, " failed\n", "Not for you.", http.StatusText(status))
		}
	}
}

// rewritten serves a tenant whose JSON answers went through a function.
func rewritten(t *testing.T, tenant http.Handler, change func(any) any) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		tenant.ServeHTTP(recorder, r)
		body := recorder.Body.Bytes()
		var value any
		if strings.HasPrefix(recorder.Header().Get("Content-Type"), "application/json") && json.Unmarshal(body, &value) == nil {
			body, _ = json.Marshal(change(value))
		}
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// eachObject changes every object in a JSON value, from the inside out.
func eachObject(value any, change func(map[string]any)) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = eachObject(inner, change)
		}
		change(v)
	case []any:
		for i, inner := range v {
			v[i] = eachObject(inner, change)
		}
	}
	return value
}

// unknownKeys adds one to every object.
func unknownKeys(value any) any {
	return eachObject(value, func(o map[string]any) { o["aKeyOfTheFuture"] = []any{attrs{"deep": true}, nil} })
}

func textNumbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = textNumbers(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = textNumbers(inner)
		}
	case float64:
		text, _ := json.Marshal(v)
		return string(text)
	}
	return value
}

// asItCame are the attributes that show an answer as it came, or the address that it came from.
var asItCame = regexp.MustCompile(`json$|base_url$`)

// Keys that nobody knows and numbers that are texts change nothing.
func TestDataSourcesTakeOddAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain := w.Protocol(nil)
	for what, change := range map[string]func(any) any{"unknown keys": unknownKeys, "texts for numbers": textNumbers} {
		odd := w.Protocol(attrs{"host": rewritten(t, w.Tenant, change)})
		for name, r := range w.readings() {
			want, got := leaves(acctest.Get(plain.Answered(name, r.config), "")), leaves(acctest.Get(odd.Answered(name, r.config), ""))
			for at := range want {
				if asItCame.MatchString(at) {
					delete(want, at)
					delete(got, at)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s with %s (-plain +odd):\n%s", name, what, diff)
			}
		}
	}
}

// leaves flattens a value: what is neither an object nor a list, by its dotted path.
func leaves(value any) map[string]any {
	out := map[string]any{}
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for key, inner := range v {
				walk(strings.TrimPrefix(at+"."+key, "."), inner)
			}
		case []any:
			out[at+".#"] = len(v)
			for i, inner := range v {
				walk(fmt.Sprintf("%s.%d", at, i), inner)
			}
		default:
			out[at] = value
		}
	}
	walk("", value)
	return out
}

// notNull are the attributes that have a value even if the tenant answers null everywhere, and why.
var notNull = regexp.MustCompile(`(^|\.)(` + strings.Join([]string{
	`id|data_source_id`,          // the ids are what is left
	`#`,                          // lengths of lists
	`markdown`,                   // made here
	`failed_checks`,              // made here
	`permissions|purposes|types`, // lists of texts
	// not JSON
	`filesize|content_base64|content_sha256|content_type|size|etag|last_modified|key|bucket|name|buckets|objects`,
	`is_truncated|creation_date|display_name|storage_class`,
}, "|") + `)($|\.)`)

// A boolean that only marks an exception is false where nothing is said: a disabled source, a resolved comment, a tag that is only
// remembered.
var falseByDefault = regexp.MustCompile(`^(deleted|comments\.\d+\.resolved|tags\.\d+\.deleted)$`)

// Attributes that the tenant answers nothing for are null: neither zero nor an error.
func TestDataSourcesTakeNulls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Protocol(attrs{"host": rewritten(t, w.Tenant, nulls)})
	for name, r := range w.readings() {
		state, diags := p.DataSource(name, r.config)
		if name == "immuta_data_source" || strings.Contains(name, "dictionary") {
			continue // a source's handler cannot be found like this; the dictionary has its own tests
		}
		if len(diags) > 0 {
			t.Errorf("%s: %q", name, append(diags.Errors(), diags.Warnings()...))
			continue
		}
		for at, value := range leaves(acctest.Get(state, "")) {
			_, configured := r.config[strings.Split(at, ".")[0]]
			expected := value == false && falseByDefault.MatchString(at)
			if value == nil || asItCame.MatchString(at) || configured || notNull.MatchString(at) || expected {
				continue
			}
			if name == "immuta_data_source_comments" && value == "" && strings.HasSuffix(at, ".body") {
				continue // a comment without a text is an empty one
			}
			t.Errorf("%s.%s is %#v", name, at, value)
		}
	}
}

// nulls replaces everything that is neither an object, a list nor an id.
func nulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if key != "id" {
				v[key] = nulls(inner)
			}
		}
		return v
	case []any:
		for i, inner := range v {
			if _, ok := inner.(map[string]any); ok {
				v[i] = nulls(inner)
			}
		}
		return v
	}
	return nil
}

// rewrittenRequest serves a tenant that gets requests which went through a function.
func rewrittenRequest(t *testing.T, tenant http.Handler, change func(*http.Request)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		change(r)
		tenant.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
