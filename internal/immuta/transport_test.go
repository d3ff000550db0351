package immuta_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func newServer(t testing.TB, handler http.Handler) (host string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// newTLSServer serves a tenant under a certificate that no system trusts, and returns the certificate too.
func newTLSServer(t testing.TB, tenant http.Handler) (host, certificate string) {
	t.Helper()
	server := httptest.NewUnstartedServer(tenant)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	return server.URL, string(pem.EncodeToMemory(block))
}

func TestUnknownAuthorityIsACertificateError(t *testing.T) {
	t.Parallel()
	tenant, pauses := fake.New(), &waits{}
	host, _ := newTLSServer(t, tenant)
	for method, send := range once {
		err := send(t.Context(), newClient(t, host, pauses.record), 100)
		wantNotSent(t, err)
		wantEqual(t, method, immuta.IsCertificateError(err), true)
	}
	wantEqual(t, "repetitions of what no repetition cures", len(pauses.all()), 0)
	wantCount(t, tenant, "", "", 0)
}

func TestForeignNameIsACertificateError(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	host, certificate := newTLSServer(t, tenant)
	host = strings.Replace(host, "127.0.0.1", "localhost", 1) // which the certificate does not name
	err := read(t.Context(), newClient(t, host, func(c *immuta.Config) { c.CACertificate = certificate }), 100)
	wantEqual(t, "an error of the certificate", immuta.IsCertificateError(err), true)
	wantCount(t, tenant, "", "", 0)
}

func TestCertificatesThatAreAccepted(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	id := addSource(tenant)
	var protocol string
	host, certificate := newTLSServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol = r.Proto
		tenant.ServeHTTP(w, r)
	}))
	for name, change := range map[string]adjust{
		"of the user's authority": func(c *immuta.Config) { c.CACertificate = certificate },
		"of any":                  func(c *immuta.Config) { c.InsecureSkipVerify = true },
	} {
		wantNoError(t, read(t.Context(), newClient(t, host, change), id))
		wantEqual(t, fmt.Sprint(name, ": the protocol"), protocol, "HTTP/2.0")
	}
}

func TestServerWithoutTLSIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	tenant, pauses := fake.New(), &waits{}
	host := strings.Replace(newServer(t, tenant), "http:", "https:", 1)
	err := once["POST"](t.Context(), newClient(t, host, pauses.record), 100)
	wantNotSent(t, err)
	wantEqual(t, "an error of the certificate", immuta.IsCertificateError(err), false)
	wantEqual(t, "repetitions", len(pauses.all()), 0)
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change adjust
		text   string
	}{
		"host":        {func(c *immuta.Config) { c.Host = "ftp://immuta.test" }, `the scheme must be https or http, not "ftp"`},
		"key":         {func(c *immuta.Config) { c.APIKey = "" }, "an API key is required"},
		"concurrency": {func(c *immuta.Config) { c.MaxConcurrentRequests = 0 }, "the number of concurrent requests must be at least 1"},
		"certificate": {func(c *immuta.Config) { c.CACertificate = "no PEM" }, "the CA certificate holds no PEM certificate"},
	} {
		config := immuta.Config{Host: "immuta.test", APIKey: "key", MaxConcurrentRequests: 1}
		client, err := immuta.New(config)
		wantNoError(t, err)
		wantEqual(t, "the host", client.Host(), "https://immuta.test")
		test.change(&config)
		if _, err := immuta.New(config); err == nil || err.Error() != test.text {
			t.Errorf("%s: got %v, want %s", name, err, test.text)
		}
	}
}

// proxied is a proxy that the environment of these tests names. It says which URL it was asked for; loopback is never asked
// of a proxy, and the environment is read but once, so that no other test meets it.
var proxied = func() string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, (&url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: r.URL.Path}).String())
	}))
	for _, name := range []string{"HTTP_PROXY", "http_proxy"} {
		if err := os.Setenv(name, server.URL); err != nil {
			panic(err)
		}
	}
	for _, name := range []string{"NO_PROXY", "no_proxy", "REQUEST_METHOD"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	return server.URL
}()

func TestProxyComesFromTheEnvironment(t *testing.T) {
	t.Parallel()
	_, err := newClient(t, "http://immuta.test").Source(t.Context(), 100)
	wantEqual(t, "the answer of "+proxied, fmt.Sprint(err),
		"GET /dataSource/100: 418 I'm a teapot: http://immuta.test/dataSource/100")
}

func TestProxyThatCannotBeParsedIsAnError(t *testing.T) {
	for value, ok := range map[string]bool{
		"": true, "proxy.example.com:3128": true, "http://user:hunter2-hunter2@proxy.example.com": true, "socks5://proxy.example.com": true,
		"http://proxy example.com:hunter2": false, "://": false, "http://": false, "http://[::1": false,
	} {
		t.Setenv("HTTPS_PROXY", value)
		t.Setenv("https_proxy", "")
		client, err := immuta.New(immuta.Config{Host: "https://immuta.test", APIKey: "key", MaxConcurrentRequests: 1})
		if ok != (err == nil) || err != nil && (strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "HTTPS_PROXY")) {
			t.Errorf("%q: %v", value, err)
		}
		if ok && strings.Contains(client.Mask("dialing "+value), "hunter2") {
			t.Errorf("the password of %q is no secret", value)
		}
		if _, err := immuta.New(immuta.Config{Host: "http://immuta.test", APIKey: "key", MaxConcurrentRequests: 1}); err != nil {
			t.Errorf("%q concerns plain http: %v", value, err)
		}
	}
}

func TestReservedHeadersAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"authorization", "Host", "Content-Encoding", "Idempotency-Key", "x-idempotency-key"} {
		config := immuta.Config{Host: "immuta.test", APIKey: "key", MaxConcurrentRequests: 1, Headers: map[string]string{name: "x"}}
		if _, err := immuta.New(config); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
