package immuta_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	// hostileText would turn a terminal's text red, delete and overwrite some of it, and turn the rest around.
	hostileText = "evil \x1b[31mred\b\b\b \rover\u202etxt.exe\u2066\u200f \u009b1m \x00\x7f\u2028 end"
	// longestMessage is what an error's text takes at most: a message of 2 KiB and what was asked.
	longestMessage = 2500
)

// wantPlain fails for texts with characters that a terminal obeys, or that mislead a reader.
func wantPlain(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		at := strings.IndexFunc(text, func(r rune) bool {
			return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
		})
		if at >= 0 || !utf8.ValidString(text) {
			t.Errorf("not plain at %d: %q", at, text[max(at-100, 0):min(max(at, 0)+100, len(text))])
		}
	}
}

func wantShort(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if len(text) > longestMessage {
			t.Errorf("%d bytes: %.200q", len(text), text)
		}
	}
}

// hits is the body of a page with some rows and a count.
func hits(rows string, count int) string {
	return fmt.Sprintf(`{"count": %d, "hits": [%s]}`, count, rows)
}

func times(part, sep string, n int) string {
	return strings.TrimSuffix(strings.Repeat(part+sep, n), sep)
}

func nested(n int) string { return strings.Repeat(`{"a":[`, n) + strings.Repeat(`]}`, n) }

// What shows texts of answers: besides those in an error, warnings and findings, which are joined to it here.
type shows func(context.Context, *immuta.Client) error

func showing(err error, texts ...string) error {
	return errors.Join(err, errors.New(strings.Join(texts, "\n")))
}

func showsRead(ctx context.Context, c *immuta.Client) error {
	err := read(ctx, c, 1)
	if e, ok := errors.AsType[*immuta.Error](err); ok && len(e.Validation) > 0 {
		err = showing(err, e.Validation[0].Code, e.Validation[0].Path, e.Validation[0].Message)
	}
	return err
}

func showsCreate(ctx context.Context, c *immuta.Client) error {
	created, err := c.CreateSource(ctx, "snowflake", creation("Orders"))
	return showing(err, created.Warnings...)
}

func showsDelete(ctx context.Context, c *immuta.Client) error {
	warning, err := c.DeleteSource(ctx, 1)
	return showing(err, warning)
}

func showsName(ctx context.Context, c *immuta.Client) error {
	_, err := c.SourceByName(ctx, "Orders")
	return err
}

// Not parallel, as it measures memory: nothing that is answered takes much more of it than the answer itself.
func TestHostileAnswersTakeLittleMemory(t *testing.T) {
	const mb = 1 << 20
	quote := func(text string) string { return `"` + text + `"` }
	long := strings.Repeat("no! ", mb)
	find := func(ctx context.Context, c *immuta.Client) error {
		_, err := c.FindSources(ctx, immuta.Search{}, 0)
		return err
	}
	aggregate := func(ctx context.Context, c *immuta.Client) error {
		_, err := c.AggregateSources(ctx, immuta.Search{}, 4, 0)
		return err
	}
	disable := func(ctx context.Context, c *immuta.Client) error { _, err := c.DisableSource(ctx, 1); return err }
	jobs := func(output string, n int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := `{"id": 1, "bulkId": "1", "deleted": false}`
			if r.URL.Path == "/jobs" {
				body = "[" + times(`{"id": "1", "state": "failed", "output": `+output+`}`, ",", n) + "]"
			}
			_, _ = io.WriteString(w, body)
		})
	}
	warnings := func(list string) http.Handler { return replies(`{"dataSourceId": 1, "warnings": ` + list + `}`) }
	described := func(n int) http.Handler {
		return replies(hits(`{"id": 1, "description": `+quote(strings.Repeat("x", n))+`}`, 2))
	}
	refused := func(status int, body string) http.Handler { return refusal(status, nil, body) }
	for name, test := range map[string]struct {
		handler http.Handler
		call    shows
		most    uint64 // megabytes of all that is allocated
		long    bool   // several warnings
	}{
		"a million rows of nothing":    {handler: replies(hits(times("{}", ",", mb), mb)), call: find, most: 60},
		"nothing else":                 {handler: replies(hits(times("{}", ",", mb), mb)), call: aggregate, most: 60},
		"a million rows of next to it": {handler: replies(hits(times(`{"id":1}`, ",", mb/2), mb)), call: aggregate, most: 60},
		"many rows of null":            {handler: replies("[" + times("null", ",", mb/4) + "]"), call: showsRead, most: 60},
		"pages of 15 MB":               {handler: described(15 * mb), call: find, most: 600},
		"more than any answer has":     {handler: described(40 * mb), call: find, most: 200},
		"deep":                         {handler: replies(nested(100)), call: showsRead, most: 10},
		"very deep":                    {handler: replies(nested(5000)), call: showsRead, most: 10},
		"deep in a field":              {handler: replies(`{"id": 1, "policy": ` + nested(500_000) + `}`), call: showsRead, most: 100},
		"a refusal, deep":              {handler: refused(400, `{"message": "no", "x": `+nested(4000)+`}`), call: showsRead, most: 60},
		"a refusal, very deep":         {handler: refused(400, nested(1_000_000)), call: showsRead, most: 60},
		"a long refusal":               {handler: refused(400, `{"message": `+quote(strings.Repeat(long, 5))+`}`), call: showsRead, most: 60},
		"a long page":                  {handler: refused(502, "<html>"+strings.Repeat(long, 5)), call: showsRead, most: 60},
		"many findings": {
			handler: refused(422, `{"message": "no", "validation": [`+times(`{"code":"x"}`, ",", 4000)+`]}`), call: showsRead, most: 200,
		},
		"a long number":        {handler: replies(`{"id": ` + strings.Repeat("7", 5*mb) + `}`), call: showsRead, most: 100},
		"a long warning":       {handler: warnings(quote(long)), call: showsCreate, most: 50},
		"many warnings":        {handler: warnings("[" + times(`"no!"`, ",", mb/4) + "]"), call: showsCreate, most: 130},
		"many long warnings":   {handler: warnings("[" + times(quote(long[:40_000]), ",", 300) + "]"), call: showsCreate, most: 110, long: true},
		"long output of a job": {handler: jobs(quote(long), 1), call: disable, most: 60},
		"many failed jobs":     {handler: jobs(quote("no!"), 100_000), call: disable, most: 200},
		"a long farewell": {
			handler: replies(`{"id": 1, "hardDelete": true, "handlerDeleteErrorMessage": ` + quote(long) + `}`), call: showsDelete, most: 50,
		},
		"a long name": {handler: replies(`{"id": 1, "name": ` + quote(long) + `}`), call: showsName, most: 40},
		"a long way": {
			handler: refusal(302, http.Header{"Location": {"https://sso.test/" + strings.Repeat("x", 3*mb)}}, ""), call: showsRead, most: 60,
		},
	} {
		log := &records{least: immuta.LevelTrace}
		client := through(t, streamed{test.handler}, log.logger, retries(0), func(c *immuta.Config) { c.APIKey = "a-key-of-twenty-chars" })
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := test.call(t.Context(), client)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		took := (after.TotalAlloc - before.TotalAlloc) / mb
		t.Logf("%s: %d MB: %.90s", name, took, err)
		if took > test.most {
			t.Errorf("%s: %d MB, want at most %d", name, took, test.most)
		}
		if !test.long {
			wantShort(t, err.Error())
		}
		for _, line := range log.lines() {
			if len(line) > 200<<10 {
				t.Errorf("%s: %d bytes are logged: %.200s", name, len(line), line)
			}
		}
	}
}

// streamed answers as inMemory does, with bodies that count for nothing in what is allocated.
type streamed struct{ http.Handler }

func (s streamed) RoundTrip(request *http.Request) (*http.Response, error) {
	w := &writer{header: http.Header{}, status: http.StatusOK}
	sent := request.Clone(request.Context())
	s.ServeHTTP(w, sent)
	return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(strings.NewReader(w.body))}, nil
}

// writer keeps what is written at once, without a copy.
type writer struct {
	header http.Header
	status int
	body   string
}

func (w *writer) Header() http.Header                  { return w.header }
func (w *writer) WriteHeader(status int)               { w.status = status }
func (w *writer) Write(b []byte) (int, error)          { return w.WriteString(string(b)) }
func (w *writer) WriteString(body string) (int, error) { w.body = body; return len(body), nil }

// billion is a list of ever more rows, as many as are asked for, that says to have a billion.
type billion struct{ requests []url.Values }

func (e *billion) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.requests = append(e.requests, r.URL.Query())
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	var rows []string
	for i := range size {
		rows = append(rows, fmt.Sprintf(`{"id": %d}`, offset+i+1))
	}
	_, _ = io.WriteString(w, hits(strings.Join(rows, ","), 1e9))
}

func TestALimitEndsAnEndlessList(t *testing.T) {
	t.Parallel()
	list := &billion{}
	got, err := connect(t, list).FindSources(t.Context(), immuta.Search{}, 500)
	wantNoError(t, err)
	if len(got.Items) != 500 || got.Total != 1e9 || got.Unsettled || len(list.requests) != 3 || list.requests[2].Get("size") != "100" {
		t.Errorf("%d rows of %d after %v", len(got.Items), got.Total, list.requests)
	}
}

func TestShownTextsArePlain(t *testing.T) {
	t.Parallel()
	text := string(quoted(hostileText))
	for name, test := range map[string]struct {
		handler http.Handler
		call    shows
	}{
		"a message":  {refusal(400, nil, `{"message": `+text+`}`), showsRead},
		"an error":   {refusal(400, nil, `{"error": `+text+`}`), showsRead},
		"a page":     {refusal(400, nil, "<html>"+hostileText), showsRead},
		"an object":  {refusal(400, nil, `{"reason": `+text+`, `+string(quoted("key"+hostileText))+`: 1}`), showsRead},
		"a redirect": {refusal(307, http.Header{"Location": {"https://sso.test/" + hostileText}}, ""), showsRead},
		"a finding": {
			refusal(422, nil, `{"message": "no", "validation": [{"code": `+text+`, "path": `+text+`, "message": `+text+`}]}`), showsRead,
		},
		"no JSON":         {says("application/json", "OK "+hostileText), showsRead},
		"no id":           {replies(`{"id": ` + text + `}`), showsRead},
		"a missing route": {refusal(404, nil, `{"statusCode": 404, "error": "Not Found", "message": `+text+`}`), showsRead},
		"a name":          {replies(`{"id": 1, "name": ` + text + `}`), showsName},
		"warnings":        {replies(`{"dataSourceId": 1, "warnings": [` + text + `]}`), showsCreate},
		"a farewell":      {replies(`{"id": 1, "hardDelete": true, "handlerDeleteErrorMessage": ` + text + `}`), showsDelete},
		"a table": {replies(`{"id": 1, "sqlTableName": ` + text + `}`), func(ctx context.Context, c *immuta.Client) error {
			_, err := c.SourceBySQLTable(ctx, "orders")
			return err
		}},
		"a role": {
			replies(`{"count": 1, "users": [{"profile": 7, "subscriptionId": 5, "state": ` + text + `}]}`),
			func(ctx context.Context, c *immuta.Client) error {
				_, err := c.Grant(ctx, 1, immuta.Grantee{ProfileID: 7}, immuta.Access{State: "owner"})
				return err
			},
		},
		"a subscription": {replies(`{"id": 1, "subscriptionStatus": ` + text + `}`), func(ctx context.Context, c *immuta.Client) error {
			_, err := c.Subscribe(ctx, 1)
			return err
		}},
		"a blob in error": {replies(`{"blobsInError": [` + text + `]}`), func(ctx context.Context, c *immuta.Client) error {
			return c.UploadBlob(ctx, 1, immuta.Blob{ID: "a", Open: opener("a")})
		}},
	} {
		inParallel(t, name, func(t *testing.T) {
			log := &records{least: immuta.LevelTrace}
			err := test.call(t.Context(), connect(t, test.handler, log.logger, retries(0)))
			wantSaid(t, err, "[31m")
			wantPlain(t, append(log.lines(), err.Error())...)
			wantShort(t, err.Error())
		})
	}
	inParallel(t, "a job", func(t *testing.T) {
		tenant := fake.New()
		id := addSource(tenant)
		tenant.FailJob(int(id), hostileText)
		_, err := connect(t, tenant).DisableSource(t.Context(), id)
		if err == nil || !strings.Contains(err.Error(), `evil \x1b[31mred`) {
			t.Fatal(err)
		}
		wantPlain(t, err.Error())
	})
	inParallel(t, "a name that is asked for", func(t *testing.T) {
		for _, name := range []string{hostileText, hostileText + "/.."} {
			_, err := connect(t, fake.New()).SourceByName(t.Context(), name)
			wantPlain(t, err.Error())
		}
	})
}

// What is asked for by name is compared with the name as it came.
func TestNamesAreComparedAsTheyCame(t *testing.T) {
	t.Parallel()
	name, _ := json.Marshal(hostileText)
	source, err := connect(t, replies(`{"id": 1, "name": `+string(name)+`}`)).SourceByName(t.Context(), hostileText)
	wantNoError(t, err)
	wantEqual(t, "the name", string(source.Name), hostileText)
}
