package immuta

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// ParseHost reads a tenant's address: a URL with scheme http or https, a host and an optional port, and nothing
// else. A bare host name means https, and the scheme's own port is left out: it is the same address. No error repeats what may
// be a password.
func ParseHost(s string) (*url.URL, error) {
	if s = strings.TrimSpace(s); s == "" {
		return nil, errors.New("the host is empty")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("the host is not a URL")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("the scheme must be https or http, not %q", u.Scheme)
	case u.User != nil:
		return nil, errors.New("the host must not hold a user or a password: authentication is by API key")
	case u.Hostname() == "":
		return nil, errors.New("the host holds no host name")
	case strings.Contains(s, "@"):
		return nil, errors.New("the host must not hold a user or a password: authentication is by API key")
	case strings.Trim(u.Path, "/") != "":
		return nil, fmt.Errorf("the host must not have a path, but has %q", u.Path)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("the host must not have a query or a fragment")
	}
	ownPort := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	return &url.URL{Scheme: u.Scheme, Host: strings.TrimSuffix(strings.ToLower(u.Host), ownPort)}, nil
}

// IsCleartext tells whether requests to u cross a network unencrypted: plain http to anything but loopback.
func IsCleartext(u *url.URL) bool {
	if u.Scheme != "http" || u.Hostname() == "localhost" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip == nil || !ip.IsLoopback()
}

// WrongSchemeError means that the server speaks TLS and host says http, or the reverse.
type WrongSchemeError struct {
	// Host is the address with the other scheme.
	Host string
}

func (e *WrongSchemeError) Error() string {
	if strings.HasPrefix(e.Host, "https:") {
		return "the server speaks TLS, but host begins with http://"
	}
	return "the server does not speak TLS, but host is an https address"
}

func (c *Client) wrongScheme() error {
	other := *c.base
	other.Scheme = map[string]string{"http": "https", "https": "http"}[c.base.Scheme]
	return &WrongSchemeError{Host: other.String()}
}

// isOtherScheme recognizes what Go's transport says of a server that does not speak the scheme of host: to TLS it gets an answer in
// plain HTTP, or to plain HTTP an alert of TLS, for which there is no error of its own.
func (c *Client) isOtherScheme(err error) bool {
	if c.base.Scheme == "http" {
		return strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`)
	}
	record, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok && string(record.RecordHeader[:]) == "HTTP/"
}

// asksForTLS recognizes the refusals of plain HTTP by servers that want TLS: Go's, nginx's and load balancers', Apache's, Tomcat's.
func asksForTLS(status int, body []byte) bool {
	if status != http.StatusBadRequest {
		return false
	}
	text := strings.ToLower(string(body))
	return strings.Contains(text, "http request to an https server") || strings.Contains(text, "http request was sent to https port") ||
		strings.Contains(text, "plain http to an ssl") || strings.Contains(text, "host and port requires tls")
}
