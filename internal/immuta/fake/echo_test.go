package fake_test

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestEchoForms(t *testing.T) {
	t.Parallel()
	const secret = "pw&s/\"wé ?>+1"
	const pem = "-----BEGIN KEY-----\nMII+/g==\n-----END KEY-----\n"
	file := base64.StdEncoding.EncodeToString([]byte(pem))
	type quotation struct{ name, want string }
	ofSecret := []quotation{
		{"raw", `pw&s/"wé ?>+1`},
		{"double quotes", `"pw&s/"wé ?>+1"`},
		{"single quotes", `'pw&s/"wé ?>+1'`},
		{"Go syntax", `"pw&s/\"wé ?>+1"`},
		{"JSON", `"pw&s/\"wé ?>+1"`},
		{"JSON for HTML", `"pw\u0026s/\"wé ?\u003e+1"`},
		{"JSON in ASCII", `"pw&s/\"w\u00e9 ?>+1"`},
		{"JSON, escaped slashes", `"pw&s\/\"wé ?>+1"`},
		{"JSON, lower-case escapes", `"pw\u0026s\u002f\u0022w\u00e9\u0020\u003f\u003e\u002b1"`},
		{"JSON, upper-case escapes", `"pw\u0026s\u002F\u0022w\u00E9\u0020\u003F\u003E\u002B1"`},
		{"JSON, nothing but escapes", `"\u0070\u0077\u0026\u0073\u002f\u0022\u0077\u00e9\u0020\u003f\u003e\u002b\u0031"`},
		{"JSON in JSON", `"{\"password\":\"pw&s/\\\"wé ?>+1\"}"`},
		{"JSON for HTML in JSON", `"{\"password\":\"pw\\u0026s/\\\"wé ?\\u003e+1\"}"`},
		{"lower-case Unicode escapes", `pw\u0026s\u002f\u0022w\u00e9\u0020\u003f\u003e\u002b1`},
		{"upper-case Unicode escapes", `pw\u0026s\u002F\u0022w\u00E9\u0020\u003F\u003E\u002B1`},
		{"byte escapes of a log", `pw\x26s\x2F\x22w\xC3\xA9\x20\x3F\x3E\x2B1`},
		{"URL query", `pw%26s%2F%22w%C3%A9+%3F%3E%2B1`},
		{"URL query, lower-case", `pw%26s%2f%22w%c3%a9+%3f%3e%2b1`},
		{"URL path", `pw&s%2F%22w%C3%A9%20%3F%3E+1`},
		{"URL path, lower-case", `pw&s%2f%22w%c3%a9%20%3f%3e+1`},
		{"URL component", `pw%26s%2F%22w%C3%A9%20%3F%3E%2B1`},
		{"URL component, lower-case", `pw%26s%2f%22w%c3%a9%20%3f%3e%2b1`},
		{"URL query twice", `pw%2526s%252F%2522w%25C3%25A9%2B%253F%253E%252B1`},
		{"URL query twice, lower-case", `pw%2526s%252f%2522w%25c3%25a9%2b%253f%253e%252b1`},
		{"nothing but upper-case percents", `%70%77%26%73%2F%22%77%C3%A9%20%3F%3E%2B%31`},
		{"nothing but lower-case percents", `%70%77%26%73%2f%22%77%c3%a9%20%3f%3e%2b%31`},
		{"plus for space", `pw&s/"wé+?>+1`},
		{"HTML", `pw&amp;s/&#34;wé ?&gt;+1`},
		{"XML", `pw&amp;s/&quot;wé ?&gt;+1`},
		{"HTML, named", `pw&amp;s&sol;&quot;w&eacute; &quest;&gt;&plus;1`},
		{"HTML, decimal", `pw&#38;s&#47;&#34;w&#233;&#32;&#63;&#62;&#43;1`},
		{"HTML, zero-padded decimal", `pw&#00038;s&#00047;&#00034;w&#00233;&#00032;&#00063;&#00062;&#00043;1`},
		{"HTML, nothing but decimals", `&#112;&#119;&#38;&#115;&#47;&#34;&#119;&#233;&#32;&#63;&#62;&#43;&#49;`},
		{"HTML, lower-case hexadecimal", `pw&#x26;s&#x2f;&#x22;w&#xe9;&#x20;&#x3f;&#x3e;&#x2b;1`},
		{"HTML, upper-case hexadecimal", `pw&#X26;s&#X2F;&#X22;w&#XE9;&#X20;&#X3F;&#X3E;&#X2B;1`},
		{"HTML, mixed-case hexadecimal", `pw&#x26;s&#x2F;&#x22;w&#xE9;&#x20;&#x3F;&#x3E;&#x2B;1`},
		{"HTML, zero-padded hexadecimal", `pw&#x000026;s&#x00002f;&#x000022;w&#x0000e9;&#x000020;&#x00003f;&#x00003e;&#x00002b;1`},
		{"quoted-printable", `pw&s/"w=C3=A9 ?>+1`},
		{"quoted-printable, wrapped", "do this. Nobody may do this. Nobody may do this. Nobody may do this. pw&s/\"=\r\nw=C3=A9 ?>+1"},
		{"base64", `cHcmcy8id8OpID8+KzE=`},
		{"base64 without padding", `cHcmcy8id8OpID8+KzE`},
		{"base64 for URLs", `cHcmcy8id8OpID8-KzE=`},
		{"base64 for URLs without padding", `cHcmcy8id8OpID8-KzE`},
		{"basic authentication, one byte on", `Basic YWRhOnB3JnMvInfDqSA/Pisx`},
		{"basic authentication, two bytes on", `Basic dXNlcjpwdyZzLyJ3w6kgPz4rMQ==`},
		{"basic authentication, aligned", `Basic YWRtaW46cHcmcy8id8OpID8+KzE=`},
		{"base64, wrapped", "IGRvIHRoaXMuIE5vYm9keSBtYXkgZG8gdGhpcy4gTm9ib2R5IG1heSBkbyB0aGlzLiBwdyZzLyJ3\r\nw6kgPz4rMQ=="},
		{"hexadecimal", `707726732f2277c3a9203f3e2b31`},
		{"hexadecimal, upper-case", `707726732F2277C3A9203F3E2B31`},
		{"hexadecimal with 0x", `0x707726732f2277c3a9203f3e2b31`},
		{"hexadecimal with colons", `70:77:26:73:2f:22:77:c3:a9:20:3f:3e:2b:31`},
		{"hexadecimal with colons, upper-case", `70:77:26:73:2F:22:77:C3:A9:20:3F:3E:2B:31`},
		{"wrapped", "pw&s/\"\nwé ?>+1"},
		{"wrapped and indented", "pw&s/\"\n    wé ?>+1"},
		{"wrapped by CRLF", "pw&s/\"\r\nwé ?>+1"},
		{"cut off by an ellipsis", `pw&s/"wé …`},
		{"cut off by dots", `pw&s/"wé ...`},
		{"cut off by the end", `pw&s/"wé `},
		{"begun late after an ellipsis", `…s/"wé ?>+1`},
		{"begun late after dots", `...s/"wé ?>+1`},
		{"begun late", `s/"wé ?>+1`},
	}
	ofFile := []quotation{
		{"decoded", pem},
		{"decoded, as JSON", `"-----BEGIN KEY-----\nMII+/g==\n-----END KEY-----\n"`},
		{"decoded, line by line", "line 1: -----BEGIN KEY-----\nline 2: MII+/g==\nline 3: -----END KEY-----"},
		{"decoded, in one line", "-----BEGIN KEY----- MII+/g== -----END KEY-----"},
	}
	ofNoText := []quotation{{"decoded", "hunter22"}} // Base64 by chance.
	echoes := fake.Echoes()
	if len(echoes) != len(ofSecret)+len(ofFile) {
		t.Errorf("%d forms", len(echoes))
	}
	for given, quotations := range map[string][]quotation{secret: ofSecret, file: ofFile, "hunter22": ofNoText} {
		for _, q := range quotations {
			i := slices.IndexFunc(echoes, func(e fake.Echo) bool { return e.Name == q.name })
			if i < 0 {
				t.Errorf("no form is %q", q.name)
				continue
			}
			if got := echoes[i].Form(given); got != q.want {
				t.Errorf("%s: %q, want %q", q.name, got, q.want)
			}
		}
	}
}

func TestEchoQuotesWhatWasSent(t *testing.T) {
	t.Parallel()
	c := connect(t, fake.WithAPIKey("the-key"))
	_, other := c.tenant.AddUser("Grace Hopper")
	c.authorization = "Bearer the-key"
	file := object{"keyName": "K", "content": "Zmlyc3QgZmlsZQ==", "userFilename": "k"}
	c.create(object{"password": "first secret", "userFiles": []any{file}})
	c.do("POST", "/dataSource/featureStore", object{"username": "ada", "password": "sql secret"}, http.StatusOK)
	c.tenant.SetSQLAccount(fake.SQLAccount{Username: "grace", Password: "engine secret"})
	c.tenant.ResetJournal()

	angles := &fake.Echo{Name: "angles", Form: func(s string) string { return "<" + s + ">" }}
	c.tenant.Fault(fake.Fault{Method: "PUT", Message: "Given:", Echo: angles})
	update := object{"metadata": metadata(object{"password": "second secret", "passphrase": "short", "connectionStringOptions": "no secret"})}
	got := c.do("PUT", "/snowflake/handler/50000", update, http.StatusBadRequest)
	want := []string{"Zmlyc3QgZmlsZQ==", other, "engine secret", "first secret", "second secret", "sql secret", "the-key"}
	for i := range want {
		want[i] = "Given: <" + want[i] + ">"
	}
	if got.text("message") != strings.Join(want, "\n") || got.number("statusCode") != 400 {
		t.Errorf("the refusal is %s", got.body)
	}
	if entry := c.tenant.Journal()[0]; entry.Fault != "echo: angles" || entry.Status != 400 {
		t.Errorf("unexpected journal: %+v", entry)
	}
	if secrets, _ := c.tenant.Secrets(50000); secrets.Password != "first secret" {
		t.Error("the refused request took effect")
	}
}

func TestEchoQuotesHeaders(t *testing.T) {
	t.Parallel()
	c := connect(t)
	raw := &fake.Echo{Name: "raw", Form: func(s string) string { return s }}
	c.tenant.Fault(fake.Fault{Status: http.StatusForbidden, Echo: raw})
	c.authorization = "AWS other-key:immuta"
	c.header = http.Header{"X-Proxy-Key": {"proxy secret"}, "Trace": {"not a secret"}}
	got := c.do("GET", "/s3p", nil, http.StatusForbidden)
	lines := strings.Split(got.text("message"), "\n")
	for i, secret := range []string{fake.DefaultAPIKey, "other-key", "proxy secret"} {
		if i >= len(lines) || !strings.HasSuffix(lines[i], " "+secret) {
			t.Errorf("the refusal is %q, without %q", lines, secret)
		}
	}
	if len(lines) != 3 {
		t.Errorf("the refusal is %q", lines)
	}
}
