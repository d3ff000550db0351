package immuta_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

func TestParseHost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ in, want string }{
		{"acme.hosted.immutacloud.com", "https://acme.hosted.immutacloud.com"},
		{" https://ACME.example.com/ \n", "https://acme.example.com"},
		{"HTTPS://acme.example.com", "https://acme.example.com"},
		{"http://localhost:8080", "http://localhost:8080"},
		{"https://acme.example.com:443", "https://acme.example.com"},
		{"http://localhost:80/", "http://localhost"},
		{"acme.example.com:8443", "https://acme.example.com:8443"},
		{"[::1]:8443", "https://[::1]:8443"},
		{"https://acme.example.com///", "https://acme.example.com"},
	} {
		got, err := immuta.ParseHost(test.in)
		if err != nil || got.String() != test.want {
			t.Errorf("%q: got %v, %v, want %s", test.in, got, err, test.want)
		}
	}
}

func TestParseHostRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ in, text string }{
		{"", "the host is empty"},
		{" \t", "the host is empty"},
		{"ftp://acme.example.com", `the scheme must be https or http, not "ftp"`},
		{"https://", "the host holds no host name"},
		{"https://:8443", "the host holds no host name"},
		{"https://acme.example.com/immuta", `the host must not have a path, but has "/immuta"`},
		{"acme.example.com/dataSource/", `the host must not have a path, but has "/dataSource/"`},
		{"https://acme.example.com?x=1", "the host must not have a query or a fragment"},
		{"https://acme.example.com/?", "the host must not have a query or a fragment"},
		{"https://acme.example.com#top", "the host must not have a query or a fragment"},
		{"https://user@acme.example.com", "the host must not hold a user or a password: authentication is by API key"},
		{"https://acme.example.com:port", "the host is not a URL"},
		{"https://ac me.example.com", "the host is not a URL"},
	} {
		if got, err := immuta.ParseHost(test.in); err == nil || err.Error() != test.text {
			t.Errorf("%q: got %v, %v, want the error %s", test.in, got, err, test.text)
		}
	}
}

func TestParseHostDoesNotRepeatPasswords(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"https://user:hunter2@acme.example.com", "https://user:hunter2@", "user:hunter2@acme.example.com",
		"https://us er:hunter2@acme.example.com",
		"https://user:hun%zzter2@acme.example.com", "https://user:hunter2@acme.example.com:port", "ftp://user:hunter2@acme.example.com/x",
		"user:hunter2", "https://user:hunter2#x", "https://user:hun/ter2@acme.example.com", "user:1/hunter2@acme.example.com", "hunter2 x",
	} {
		if _, err := immuta.ParseHost(in); err == nil || strings.Contains(err.Error(), "ter2") {
			t.Errorf("%q: got %v", in, err)
		}
	}
}

func TestIsCleartext(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"http://acme.example.com":  true,
		"http://acme:8080":         true,
		"http://192.0.2.1":         true,
		"http://[2001:db8::1]":     true,
		"http://localhost.acme.io": true,
		"http://localhost":         false,
		"http://LOCALHOST:8080":    false,
		"http://127.0.0.1:8080":    false,
		"http://127.8.9.1":         false,
		"http://[::1]:8080":        false,
		"https://acme.example.com": false,
		"https://192.0.2.1":        false,
	} {
		u, err := immuta.ParseHost(in)
		wantNoError(t, err)
		wantEqual(t, in, immuta.IsCleartext(u), want)
	}
	if immuta.IsCleartext(&url.URL{}) {
		t.Error("nothing is sent in clear")
	}
}

func FuzzParseHost(f *testing.F) {
	for _, seed := range []string{"acme", "https://acme:1/", "://", "[::1", "http://user@host", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		u, err := immuta.ParseHost(in)
		if err != nil {
			return
		}
		again, err := immuta.ParseHost(u.String())
		if err != nil || *again != *u {
			t.Errorf("%q is read as %q, which is read as %v, %v", in, u, again, err)
		}
	})
}
