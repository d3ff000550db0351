package immuta

import (
	"errors"
	"fmt"
	"net"
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
