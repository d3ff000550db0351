package fake

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// An Echo is a form in which servers, proxies, loggers and serializers quote a secret that they were sent. A Fault with one
// answers a refusal that quotes, each in a line of its own and in alphabetical order:
//
//   - what any request up to then, this one included, carried in Authorization (without "Bearer"), in headers that begin
//     with X-, and as texts under the keys password, apikey, content and passphrase anywhere in its body;
//   - the API keys of the tenant's users and the passwords of its SQL accounts.
//
// Secrets of less than six characters are left out.
type Echo struct {
	Name string
	Form func(secret string) string
}

// shortestEcho is how many characters a secret has at least that is quoted.
const shortestEcho = 6

// secretKeys are the keys in a request's body that hold secrets.
var secretKeys = []string{"password", "apikey", "content", "passphrase"}

// remember keeps the secrets that a request carries.
func (t *Tenant) remember(entry *Request) {
	t.told[sentKey(entry)] = true
	for name, values := range entry.Header {
		if !strings.HasPrefix(name, "X-") {
			continue
		}
		for _, value := range values {
			t.told[value] = true
		}
	}
	var body any
	if err := json.Unmarshal(entry.Body, &body); err == nil {
		t.rememberIn(body)
	}
}

func (t *Tenant) rememberIn(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if secret, ok := inner.(string); ok && slices.Contains(secretKeys, key) {
				t.told[secret] = true
			}
			t.rememberIn(inner)
		}
	case []any:
		for _, inner := range v {
			t.rememberIn(inner)
		}
	}
}

// sentKey is the key or token of a request, also of one to the S3-compatible API.
func sentKey(entry *Request) string {
	secret := bearer(entry.Header)
	if credentials, found := strings.CutPrefix(secret, "AWS "); found {
		secret, _ = cutLast(credentials, ":")
	}
	return secret
}

// echo is a message that quotes every secret there is.
func (t *Tenant) echo(e Echo, prose string) string {
	defer t.lock()()
	secrets := maps.Clone(t.told)
	for _, u := range t.users {
		secrets[u.apiKey] = true
	}
	for _, account := range sqlAccounts.of(t).byName {
		secrets[account.Password] = true
	}
	prose = cmp.Or(prose, "The request was refused. It was given")
	lines := []string{}
	for _, secret := range slices.Sorted(maps.Keys(secrets)) {
		if utf8.RuneCountInString(secret) >= shortestEcho {
			lines = append(lines, prose+" "+e.Form(secret))
		}
	}
	if len(lines) == 0 {
		return prose
	}
	return strings.Join(lines, "\n")
}
