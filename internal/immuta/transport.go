package immuta

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// ErrCACertificate is the error of a [Config] of which the CACertificate holds none.
var ErrCACertificate = errors.New("the CA certificate holds no PEM certificate")

// newTransport is the default transport (proxy from the environment, HTTP/2, gzip, keep-alive) with as many idle
// connections as there may be requests: with fewer, most requests would dial again.
func newTransport(c Config) (*http.Transport, error) {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("the default HTTP transport was replaced by %T", http.DefaultTransport)
	}
	transport := base.Clone()
	transport.MaxIdleConns = c.MaxConcurrentRequests
	transport.MaxIdleConnsPerHost = c.MaxConcurrentRequests
	transport.TLSClientConfig = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: c.InsecureSkipVerify, //nolint:gosec // the user asked for it, and was warned
	}
	if c.CACertificate != "" {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("reading the system's certificates: %w", err)
		}
		if !roots.AppendCertsFromPEM([]byte(c.CACertificate)) {
			return nil, ErrCACertificate
		}
		transport.TLSClientConfig.RootCAs = roots
	}
	return transport, nil
}

// proxyVariables are where Go's transport finds the proxy for a scheme: the first one that is not empty.
var proxyVariables = map[string][]string{"https": {"HTTPS_PROXY", "https_proxy"}, "http": {"HTTP_PROXY", "http_proxy"}}

// proxyPassword checks the proxy that the environment names for a scheme and returns its password, if it has one. Go's
// transport takes a proxy that it cannot parse for none, and connects directly: past whatever the proxy is for.
func proxyPassword(scheme string) (string, error) {
	for _, name := range proxyVariables[scheme] {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "http://" + value
		}
		proxy, err := url.Parse(value)
		if err != nil || proxy.Host == "" {
			return "", fmt.Errorf("the proxy in the environment variable %s is not a URL such as http://proxy.example.com:3128", name)
		}
		password, _ := proxy.User.Password()
		return password, nil
	}
	return "", nil
}
