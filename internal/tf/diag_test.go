package tf_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

func TestAddErrorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	refusal := func(status int, message string) error {
		return &immuta.Error{Request: "GET /dataSource/1", Status: status, Message: message}
	}
	unknownAuthority := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	const moved = "https://new.example.com"
	for name, test := range map[string]struct {
		err  error
		want []string
	}{
		"400":            {refusal(400, "bad"), []string{"GET /dataSource/1: 400 Bad Request: bad", "Correct the configuration"}},
		"401":            {refusal(401, ""), []string{"401 Unauthorized", "IMMUTA_API_KEY", "authentication"}},
		"403":            {refusal(403, ""), []string{"GOVERNANCE", "immuta_current_user"}},
		"404":            {refusal(404, ""), []string{"Check the id or the name"}},
		"404 of a proxy": {&immuta.Error{Request: "GET /", Status: 404, Foreign: true}, []string{"not Immuta's", "host"}},
		"429":            {refusal(429, ""), []string{"-parallelism"}},
		"500":            {refusal(500, ""), []string{"Running again is safe"}},
		"a redirect":     {&immuta.Error{Request: "GET /", Status: 301, Location: moved}, []string{moved, "not followed"}},
		"an odd answer":  {&immuta.UnreadableError{Request: "GET /", Reason: "it is an HTML page"}, []string{"HTML page", "login page"}},
		"a certificate":  {&immuta.NoAnswerError{Request: "GET /", Err: unknownAuthority}, []string{"ca_certificate"}},
		"no answer":      {&immuta.NoAnswerError{Request: "GET /", Err: context.DeadlineExceeded}, []string{"HTTPS_PROXY", "request_timeout"}},
		"https wanted":   {&immuta.WrongSchemeError{Host: "https://acme:1"}, []string{"speaks TLS", `host (or IMMUTA_HOST) to "https://acme:1"`}},
		"http wanted":    {&immuta.WrongSchemeError{Host: "http://acme:1"}, []string{"does not speak TLS", `to "http://acme:1"`, "clear text"}},
		"anything else":  {errors.New("odd"), []string{"odd"}},
		"wrapped":        {fmt.Errorf("the handler: %w", refusal(401, "")), []string{"the handler: GET", "IMMUTA_API_KEY"}},
		"advised": {
			tf.At("name", tf.Advise(refusal(404, "gone"), "Look elsewhere.")), []string{"404 Not Found: gone\n\nLook elsewhere."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			tf.AddError(&diags, "Doing it", test.err, nil)
			if len(diags) != 1 || diags[0].Severity() != diag.SeverityError || diags[0].Summary() != "Doing it failed" {
				t.Fatalf("%v", diags)
			}
			for _, want := range test.want {
				if !strings.Contains(diags[0].Detail(), want) {
					t.Errorf("no %q in: %s", want, diags[0].Detail())
				}
			}
			diags = nil
			tf.AddWarning(&diags, "Doing it", test.err, "It is harmless.")
			if diags.HasError() || len(diags) != 1 || !strings.HasSuffix(diags[0].Detail(), "\n\nIt is harmless.") {
				t.Errorf("as a warning: %v", diags)
			}
		})
	}
}

// What is the same for every object is said in full once, whoever says it first and wherever it stands.
func TestAddErrorRefersToWhatIsReportedAlready(t *testing.T) {
	t.Parallel()
	for name, add := range map[string]func(*diag.Diagnostics, error){
		"errors": func(diags *diag.Diagnostics, err error) { tf.AddError(diags, "Doing it", err, nil) },
		"errors of an attribute": func(diags *diag.Diagnostics, err error) {
			tf.AddError(diags, "Doing it", tf.At("name", fmt.Errorf("the handler: %w", tf.Advise(err, "IMMUTA_API_KEY"))), nil)
		},
		"warnings": func(diags *diag.Diagnostics, err error) { tf.AddWarning(diags, "Doing it", err, "It is harmless.") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := fake.New()
			server := httptest.NewServer(tenant)
			t.Cleanup(server.Close)
			client, err := immuta.New(immuta.Config{Host: server.URL, APIKey: "wrong", MaxConcurrentRequests: 1})
			if err != nil {
				t.Fatal(err)
			}
			var diags diag.Diagnostics
			for id := range int64(4) {
				_, err := client.Source(t.Context(), id+1)
				if id > 0 { // The first caller does not show it.
					add(&diags, err)
				}
			}
			if full := diags[0].Detail(); !strings.Contains(full, "GET /dataSource/1: 401") || !strings.Contains(full, "IMMUTA_API_KEY") {
				t.Errorf("in full: %s", full)
			}
			for _, d := range diags[1:] {
				detail, _, _ := strings.Cut(d.Detail(), "\n\nIt is harmless.")
				if detail != "Not tried: the API key was refused, as reported for the first object (GET /dataSource/1)." {
					t.Errorf("in a line: %s", detail)
				}
			}
		})
	}
}

// What may have taken effect is never cut short.
func TestAddErrorSaysAllOfAWriteInDoubt(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	client, err := immuta.New(immuta.Config{
		Host: server.URL, APIKey: fake.DefaultAPIKey, MaxConcurrentRequests: 1, MaxRetries: 1,
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	tenant.Fault(fake.Fault{Method: "PUT", Reset: true, When: fake.After})
	tenant.After("PUT", "", func(*fake.Request) { tenant.RevokeKey(fake.DefaultAPIKey) })
	_, err = client.UpdateSource(t.Context(), int64(tenant.AddSource(fake.SourceSpec{})), immuta.Settings{"description": "x"})
	for range 2 {
		var diags diag.Diagnostics
		tf.AddError(&diags, "Doing it", err, nil)
		if detail := diags[0].Detail(); !strings.Contains(detail, "401 Unauthorized") || !strings.Contains(detail, "IMMUTA_API_KEY") {
			t.Error(detail)
		}
	}
}

func TestAddErrorPutsFindingsOnTheirAttributes(t *testing.T) {
	t.Parallel()
	fields := tf.Fields{
		"name": path.Root("name"), "columns": path.Root("columns"), "port": path.Root("server").AtName("port"),
		"columns.0.dataType": path.Root("columns").AtMapKey("id").AtName("data_type"),
	}
	err := &immuta.Error{Request: "POST /x", Status: 422, Message: "Invalid", Validation: []immuta.Validation{
		{Path: "dataSource.name", Message: "is taken", Code: "unique"},
		{Path: "handler.metadata.columns[0].name", Message: "is odd"},
		{Path: "handler.metadata.columns.0.name", Message: "is odd too"},
		{Path: "columns.0.dataType", Message: "is odd as a whole"},
		{Path: "port"},
		{Path: "elsewhere", Code: "odd"},
		{Message: "nowhere"},
	}}
	var diags diag.Diagnostics
	tf.AddError(&diags, "Doing it", fmt.Errorf("wrapped: %w", err), fields)
	want := []string{
		"name: dataSource.name is taken (unique)\n", "columns: handler.metadata.columns[0].name is odd\n",
		"columns: handler.metadata.columns.0.name is odd too\n", `columns["id"].data_type: columns.0.dataType is odd as a whole`,
		"server.port: port\n", ": elsewhere (odd); nowhere.",
	}
	if len(diags) != len(want) {
		t.Fatalf("%d diagnostics: %v", len(diags), diags)
	}
	for i, d := range diags {
		at := ""
		if with, ok := d.(diag.DiagnosticWithPath); ok {
			at = with.Path().String()
		}
		place, text, _ := strings.Cut(want[i], ": ")
		if at != place || !strings.Contains(d.Detail(), text) || !strings.Contains(d.Detail(), "Invalid") {
			t.Errorf("%d is on %q: %s\nwant %q", i, at, d.Detail(), want[i])
		}
	}
}

// Secrets that are words of Immuta's own are masked in what is shown, but neither the advice nor the attribute depends on that.
func TestAdviceDoesNotDependOnWhatIsMasked(t *testing.T) {
	t.Parallel()
	fields := tf.Fields{"name": path.Root("name")}
	for _, secret := range []string{"e", "name", "dataSource"} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			tenant := fake.New()
			server := httptest.NewServer(tenant)
			t.Cleanup(server.Close)
			client, err := immuta.New(immuta.Config{
				Host: server.URL, APIKey: fake.DefaultAPIKey, MaxConcurrentRequests: 1, Headers: map[string]string{"X-Secret": secret},
			})
			if err != nil {
				t.Fatal(err)
			}
			const invalid = `{"message": "no", "validation": [{"path": "dataSource.name", "message": "the name is %s"}]}`
			tenant.Fault(fake.Fault{Status: 422, Body: fmt.Sprintf(invalid, secret)})
			_, err = client.Source(t.Context(), 1)
			var diags diag.Diagnostics
			tf.AddError(&diags, "Doing it", err, fields)
			at, ok := diags[0].(diag.DiagnosticWithPath)
			if len(diags) != 1 || !ok || !at.Path().Equal(path.Root("name")) || !strings.Contains(at.Detail(), "is ***") {
				t.Errorf("a finding: %v", diags)
			}
		})
	}
}
