package immuta_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// says makes a handler that always answers 200 with the same.
func says(contentType, body string) http.Handler {
	return refusal(http.StatusOK, http.Header{"Content-Type": {contentType}}, body)
}

func TestAnswersThatCannotBeRead(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html>\n<title>Sign in</title>"
	for name, test := range map[string]struct {
		contentType, body, text string
	}{
		"HTML":             {"text/html; charset=utf-8", page, "it is an HTML page, not JSON: <!DOCTYPE html> <title>Sign in</title>"},
		"HTML by its look": {"application/json", " \n" + page, "it is an HTML page, not JSON: <!DOCTYPE html> <title>Sign in</title>"},
		"text said HTML":   {"text/html", "Sign in", "it is an HTML page, not JSON: Sign in"},
		"XML":              {"application/xml", "<a/>", "it is an HTML page, not JSON: <a/>"},
		"truncated": {"application/json", `{"id": 1, "name": "Or`,
			`it does not have the expected form: unexpected end of JSON input: {"id": 1, "name": "Or`},
		"text": {"text/plain", "OK",
			"it does not have the expected form: invalid character 'O' looking for beginning of value: OK"},
		"nothing":            {"application/json", "", "it is empty"},
		"white space":        {"application/json", " \n", "it is empty"},
		"null":               {"application/json", "null", "it is empty: null"},
		"an object":          {"application/json", "{}", "it holds no id: {}"},
		"an empty array":     {"application/json", "[]", "it holds no id: []"},
		"an id of no number": {"application/json", `{"id": "x"}`, `it does not have the expected form: "x" is not an integer: {"id":"x"}`},
		"an id of an object": {"application/json", `{"id": {}}`, `it does not have the expected form: {} is not an integer: {"id":{}}`},
		"a number": {"application/json", `7`,
			"it does not have the expected form: json: cannot unmarshal number into Go value of type immuta.Source: 7"},
		"a notice": {"application/json", `{"message": "maintenance"}`, `it holds no id: {"message":"maintenance"}`},
		"too deep": {"application/json", strings.Repeat("[", 1000) + strings.Repeat("]", 1000),
			"it is nested more than 200 levels deep"},
	} {
		inParallel(t, name, func(t *testing.T) {
			_, err := connect(t, says(test.contentType, test.body)).Source(t.Context(), 1)
			e := wantAs[*immuta.UnreadableError](t, err)
			wantEqual(t, "the text", err.Error(), "GET /dataSource/1: the answer cannot be read: "+test.text)
			if e.Request != "GET /dataSource/1" || immuta.StatusOf(err) != 0 || immuta.IsNotFound(err) {
				t.Errorf("unexpected error %#v", e)
			}
		})
	}
}

func TestAnswersThatAreReadAllTheSame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ contentType, body string }{
		{"application/json", `{"id": 1}`},
		{"application/json", " \n{\"id\": \"1\", \"unknown\": {\"a\": [1, null]}}\n"},
		{"application/json", `[{"id": 1}]`},
		{"text/html", `{"id": 1}`}, // a sloppy gateway
		{"text/plain", `{"id": 1}`},
		{"", `{"id": 1}`},
	} {
		source, err := connect(t, says(test.contentType, test.body)).Source(t.Context(), 1)
		wantNoError(t, err)
		wantEqual(t, test.body, source.ID, 1)
	}
}

// An answer that tells nothing does not show that anything was done, whatever its status.
func TestWritesAreNotAnsweredWithNothing(t *testing.T) {
	t.Parallel()
	for _, handler := range []http.Handler{
		refusal(204, nil, ""), says("text/html", ""), says("application/json", "null"), says("application/json", "[]"),
		says("application/json", "{}"), says("application/json", `{"message": "The service is under maintenance."}`),
	} {
		_, err := connect(t, handler).UpdateSource(t.Context(), 1, immuta.Settings{"description": "x"})
		_ = wantAs[*immuta.UnreadableError](t, err)
		err = connect(t, handler).ReplaceHandler(t.Context(), immuta.HandlerRef{Prefix: "snowflake", ID: 1}, immuta.Metadata{}, "")
		_ = wantAs[*immuta.UnreadableError](t, err)
	}
}

func TestAnswersAreCapped(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	padded := func(n int) string { return `{"id": 1}` + strings.Repeat(" ", n-len(`{"id": 1}`)) }
	for name, test := range map[string]struct {
		handler http.Handler
		ok      bool
	}{
		"at the limit":        {says("application/json", padded(limit)), true},
		"beyond":              {says("application/json", padded(limit+1)), false},
		"small, but inflated": {zipped(t, padded(limit+1)), false},
	} {
		inParallel(t, name, func(t *testing.T) {
			client := serve(t, test.handler)
			client.SetCap(limit)
			_, err := client.Source(t.Context(), 1)
			if test.ok {
				wantNoError(t, err)
				return
			}
			if e := wantAs[*immuta.UnreadableError](t, err); e.Reason != "it is larger than 1 MiB" || e.Excerpt != "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

// zipped answers with gzip, and refuses clients that do not ask for it.
func zipped(t testing.TB, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wantEqual(t, "Accept-Encoding", r.Header.Get("Accept-Encoding"), "gzip")
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
	})
}

func TestAnswersMayBeCompressed(t *testing.T) {
	t.Parallel()
	source, err := serve(t, zipped(t, `{"id": 1, "name": "Orders"}`)).Source(t.Context(), 1)
	wantNoError(t, err)
	wantEqual(t, "the name", source.Name, "Orders")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for method, send := range once {
			inParallel(t, method+" "+http.StatusText(status), func(t *testing.T) {
				var led atomic.Int64
				elsewhere := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { led.Add(1) })
				target := newServer(t, elsewhere)
				client := serve(t, refusal(status, http.Header{"Location": {target + "/login?next=/"}}, "<html>moved</html>"))
				err := send(t.Context(), client, 1)
				wantStatus(t, err, status)
				if want := ": redirected to " + target + "/login?next=/"; !strings.HasSuffix(err.Error(), want) {
					t.Errorf("%v does not end with %q", err, want)
				}
				if led.Load() > 0 {
					t.Error("the redirect was followed")
				}
				if immuta.IsUncertain(err) || immuta.IsNotFound(err) {
					t.Error("a redirect is a definite refusal")
				}
			})
		}
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	connections := map[string]bool{}
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connections[r.RemoteAddr] = true
		tenant.ServeHTTP(w, r)
	}))
	id := addSource(tenant)
	for range 3 {
		wantNoError(t, read(t.Context(), client, id))
		wantStatus(t, read(t.Context(), client, 1), 404) // A refusal's body is drained too.
	}
	wantEqual(t, "connections", len(connections), 1)
}

func TestRequestsCarryWhatIsConfigured(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	client := connect(t, tenant, func(c *immuta.Config) {
		c.Headers = map[string]string{"x-tenant": "acme", "User-Agent": "mine", "Accept": "text/plain"}
		c.UserAgent = "terraform-provider-immuta/1.2.3"
	})
	id := addSource(tenant)
	wantNoError(t, once["PUT"](context.WithoutCancel(t.Context()), client, id))
	wantNoError(t, read(t.Context(), client, id))
	for i, request := range tenant.Journal() {
		want := map[string]string{
			"X-Tenant": "acme", "User-Agent": "terraform-provider-immuta/1.2.3", "Accept": "application/json",
			"Authorization": fake.DefaultAPIKey, "Content-Type": []string{"application/json", ""}[i],
		}
		for name, value := range want {
			wantEqual(t, request, request.Header.Get(name), value)
		}
	}
}

// FuzzAnswers gives any answer to calls of all kinds: it ends in a result or in an error, but never in a panic, and the key
// is not told.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{`{"id": 1, "token": "t"}`, `{"message": "demo-key"}`, "<html>", `{"validation": [{}]}`, `[{"id": "1"}]`,
		`{"hits": [], "count": 7}`, ""} {
		for _, status := range []int{200, 204, 302, 404, 422, 503} {
			f.Add(status, "application/json", body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		if status < 200 || status > 999 {
			return
		}
		log := &records{least: immuta.LevelTrace}
		client := connect(t, refusal(status, http.Header{"Content-Type": {contentType}, "Location": {body}, "Retry-After": {body}}, body),
			log.logger, retries(1))
		ctx := t.Context()
		var errs []error
		for _, send := range once {
			errs = append(errs, send(ctx, client, 1))
		}
		_, err := client.ChangeDictionary(ctx, 1, adding("a"))
		errs = append(errs, err)
		_, _, err = client.LookUpCreated(ctx, "x", time.Now())
		errs = append(errs, err)
		for _, err := range append(errs, errors.New(strings.Join(log.lines(), "\n"))) {
			if err != nil && strings.Contains(err.Error(), fake.DefaultAPIKey) {
				t.Errorf("the key is told by %v", err)
			}
		}
	})
}
