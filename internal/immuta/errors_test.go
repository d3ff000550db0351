package immuta_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// refusal makes a handler that always answers the same.
func refusal(status int, header http.Header, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for key, values := range header {
			w.Header()[key] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func TestRefusalsAreTypedErrors(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("né ", 100)
	for name, test := range map[string]struct {
		status int
		header http.Header
		body   string
		want   immuta.Error
		text   string
	}{
		"hapi": {
			status: 403, body: `{"statusCode": 403, "error": "Forbidden", "message": "Owners only."}`,
			want: immuta.Error{Message: "Owners only."}, text: "GET /dataSource/100: 403 Forbidden: Owners only.",
		},
		"error alone": {
			status: 500, body: `{"error": "Boom", "message": null}`,
			want: immuta.Error{Message: "Boom"}, text: "GET /dataSource/100: 500 Internal Server Error: Boom",
		},
		"an object of its own": {
			status: 400, body: `{"reason": ["no"], "message": {}}`,
			want: immuta.Error{Message: `{"message":{},"reason":["no"]}`},
			text: `GET /dataSource/100: 400 Bad Request: {"message":{},"reason":["no"]}`,
		},
		"validation": {
			status: 422, body: `{"message": "Invalid", "validation": [{"code": "unique", "path": "name", "message": "taken"}, ` +
				`null, 7, {"code": 3, "path": ["a"]}]}`,
			want: immuta.Error{Message: "Invalid", Validation: []immuta.Validation{{Code: "unique", Path: "name", Message: "taken"}, {Code: "3"}}},
			text: "GET /dataSource/100: 422 Unprocessable Entity: Invalid",
		},
		"one finding": {
			status: 422, body: `{"message": "Invalid", "validation": {"code": "unique"}}`,
			want: immuta.Error{Message: "Invalid", Validation: []immuta.Validation{{Code: "unique"}}},
			text: "GET /dataSource/100: 422 Unprocessable Entity: Invalid",
		},
		"HTML": {
			status: 404, body: "<html>\n<h1>Not here</h1>", want: immuta.Error{Message: "<html> <h1>Not here</h1>", Foreign: true},
			text: "GET /dataSource/100: 404 Not Found: <html> <h1>Not here</h1>",
		},
		"long": {
			status: 400, body: long, want: immuta.Error{Message: strings.TrimSpace(long[:200]) + "…", Foreign: true},
			text: "GET /dataSource/100: 400 Bad Request: " + strings.TrimSpace(long[:200]) + "…",
		},
		"long, and cut within a letter": {
			status: 400, body: strings.Repeat("x", 199) + "éé", want: immuta.Error{Message: strings.Repeat("x", 199) + "…", Foreign: true},
			text: "GET /dataSource/100: 400 Bad Request: " + strings.Repeat("x", 199) + "…",
		},
		"nothing": {status: 400, want: immuta.Error{Foreign: true}, text: "GET /dataSource/100: 400 Bad Request"},
		"a status of its own": {
			status: 599, body: "x", want: immuta.Error{Message: "x", Foreign: true}, text: "GET /dataSource/100: 599: x",
		},
		"a redirect": {
			status: 302, header: http.Header{"Location": {"https://sso.example.com/login"}},
			want: immuta.Error{Location: "https://sso.example.com/login", Foreign: true},
			text: "GET /dataSource/100: 302 Found: redirected to https://sso.example.com/login",
		},
		"a redirect to no URL": {
			status: 302, header: http.Header{"Location": {"%zz: " + fake.DefaultAPIKey}},
			want: immuta.Error{Location: "%zz: ***", Foreign: true}, text: "GET /dataSource/100: 302 Found: redirected to %zz: ***",
		},
		"a redirect to nowhere": {status: 302, body: "gone", want: immuta.Error{Message: "gone", Foreign: true},
			text: "GET /dataSource/100: 302 Found: gone"},
	} {
		inParallel(t, name, func(t *testing.T) {
			client := connect(t, refusal(test.status, test.header, test.body))
			_, err := client.Source(t.Context(), 100)
			got := wantAs[*immuta.Error](t, err)
			test.want.Request, test.want.Status = "GET /dataSource/100", test.status
			if diff := cmp.Diff(&test.want, got, cmpopts.IgnoreUnexported(immuta.Error{}, immuta.Validation{})); diff != "" {
				t.Error(diff)
			}
			wantEqual(t, "the text", err.Error(), test.text)
		})
	}
}

func TestNotFoundIsWhatImmutaItselfSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		want   bool
	}{
		{404, `{"statusCode": 404, "error": "Not Found", "message": "Data source not found."}`, true},
		{404, `{"statusCode": "404", "error": "Not Found", "message": "x", "attributes": {}}`, true},
		{404, `{}`, false},
		{404, `{"message": "Not Found"}`, false},
		{404, `{"statusCode": 404, "message": "Resource not found"}`, false},
		{404, `{"statusCode": 400, "error": "Not Found", "message": "x"}`, false},
		{404, "<html>Not Found</html>", false},
		{404, "404 page not found", false},
		{404, `{"message": "cut`, false},
		{404, `"not found"`, false},
		{404, `null`, false},
		{404, ``, false},
		{410, `{"message": "Gone"}`, false},
		{403, `{"message": "Not found"}`, false},
	} {
		_, err := connect(t, refusal(test.status, nil, test.body)).Source(t.Context(), 100)
		wantEqual(t, fmt.Sprint(test.status, test.body), immuta.IsNotFound(err), test.want)
		wantEqual(t, fmt.Sprint(test.status, test.body, ", wrapped"), immuta.IsNotFound(fmt.Errorf("reading: %w", err)), test.want)
	}
	if immuta.IsNotFound(nil) || immuta.IsNotFound(errors.New("404")) {
		t.Error("anything is not found")
	}
}

func TestWhatFollowsFromAnError(t *testing.T) {
	t.Parallel()
	unique := []immuta.Validation{{Code: "any.required"}, {Code: "unique"}}
	for _, test := range []struct {
		err              error
		taken, uncertain bool
	}{
		{err: nil},
		{err: errors.New("already exists")},
		{err: &immuta.NoAnswerError{Err: errors.New("already exists")}, uncertain: true},
		{err: fmt.Errorf("creating: %w", &immuta.NoAnswerError{Err: context.DeadlineExceeded}), uncertain: true},
		{err: &immuta.NoAnswerError{Err: io.EOF, NotSent: true}},
		{err: &immuta.UnreadableError{}, uncertain: true},
		{err: &immuta.Error{Status: 422, Validation: unique}, taken: true},
		{err: &immuta.Error{Status: 409, Message: `A data source named "X" ALREADY EXISTS.`}, taken: true},
		{err: &immuta.Error{Status: 400, Message: "Duplicate tables are specified in the payload"}, taken: true},
		{err: fmt.Errorf("creating: %w", &immuta.Error{Status: 422, Validation: unique}), taken: true},
		{err: &immuta.Error{Status: 422, Message: "name is required", Validation: unique[:1]}},
		{err: &immuta.Error{Status: 500, Message: "already exists"}, uncertain: true},
		{err: &immuta.Error{Status: 403, Validation: unique}},
		{err: &immuta.Error{Status: 302}},
		{err: &immuta.Error{Status: 400}},
		{err: &immuta.Error{Status: 401}},
		{err: &immuta.Error{Status: 404}},
		{err: &immuta.Error{Status: 408}, uncertain: true},
		{err: &immuta.Error{Status: 409}},
		{err: &immuta.Error{Status: 429}, uncertain: true},
		{err: &immuta.Error{Status: 503}, uncertain: true},
		{err: &immuta.Error{Status: 504, Foreign: true}, uncertain: true},
	} {
		if taken, uncertain := immuta.IsTaken(test.err), immuta.IsUncertain(test.err); taken != test.taken || uncertain != test.uncertain {
			t.Errorf("%v: taken %t, uncertain %t", test.err, taken, uncertain)
		}
	}
}

// A create that is repeated meets what its own first attempt made. That is no name taken by somebody else.
func TestDoubtOutlivesTheLastAttempt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, second fake.Fault
	}{
		"then taken":          {first: fake.Fault{Status: 503, RetryAfter: "1", When: fake.After}},
		"then refused":        {fake.Fault{Status: 429, When: fake.After}, fake.Fault{Status: 403}},
		"then not reached":    {fake.Fault{Status: 429, When: fake.After}, fake.Fault{Status: 401}},
		"zero seconds is one": {first: fake.Fault{Status: 503, RetryAfter: "0", When: fake.After}},
	} {
		inParallel(t, name, func(t *testing.T) {
			tenant, client := start(t)
			test.first.Method, test.second.Method = "POST", "POST"
			tenant.Fault(test.first)
			if test.second.Status != 0 {
				tenant.Fault(test.second)
			}
			_, err := client.CreateSource(t.Context(), "snowflake", creation("Orders"))
			if err == nil || immuta.IsTaken(err) || !immuta.IsUncertain(err) {
				t.Errorf("got %v: taken %t, uncertain %t", err, immuta.IsTaken(err), immuta.IsUncertain(err))
			}
			wantCount(t, tenant, "POST", "", 2)
		})
	}
}

func TestDoubtOutlivesACancelledRepetition(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	ctx, cancel := context.WithCancel(t.Context())
	client := connect(t, tenant, func(c *immuta.Config) {
		c.Wait = func(context.Context, time.Duration) error { cancel(); return nil } // and does not notice
	})
	id := int64(tenant.AddSource(fake.SourceSpec{Deleted: true}))
	tenant.Fault(fake.Fault{Method: "PUT", When: fake.After, Reset: true})
	err := client.RestoreSource(ctx, id)
	if err == nil || !immuta.IsUncertain(err) {
		t.Errorf("a restore that took effect is called certain to have failed: %v", err)
	}
	wantCount(t, tenant, "PUT", "", 1)
}

func TestCertificateErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{x509.UnknownAuthorityError{}, x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}} {
		if !immuta.IsCertificateError(&immuta.NoAnswerError{Err: fmt.Errorf("tls: %w", err)}) {
			t.Errorf("%T is not recognized", err)
		}
	}
	if immuta.IsCertificateError(nil) || immuta.IsCertificateError(io.EOF) {
		t.Error("anything is a certificate error")
	}
}

func TestNoAnswerSaysWhatWasAskedOnce(t *testing.T) {
	t.Parallel()
	client := through(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.EOF }), retries(0))
	_, err := client.Source(t.Context(), 100)
	wantEqual(t, "the text", err.Error(), "GET /dataSource/100: EOF")
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
}
