package immuta

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
)

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
			return nil, errors.New("the CA certificate holds no PEM certificate")
		}
		transport.TLSClientConfig.RootCAs = roots
	}
	return transport, nil
}
