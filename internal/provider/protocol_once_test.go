package provider_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// crowd is how many sources there are in these tests, and lanes how many of them are under way at once.
const crowd, lanes = 300, 64

// attempts counts what a client logs: one record for each attempt.
type attempts struct{ atomic.Int64 }

func (*attempts) Enabled(context.Context, slog.Level) bool { return true }

func (a *attempts) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(attr slog.Attr) bool {
		if attr.Key == "attempt" {
			a.Add(1)
		}
		return true
	})
	return nil
}

func (a *attempts) WithAttrs([]slog.Attr) slog.Handler { return a }

func (a *attempts) WithGroup(string) slog.Handler { return a }

func (a *attempts) count(c *immuta.Config) { c.Logger = slog.New(a) }

// forEach runs a function n times, many at once.
func forEach(n int, run func(i int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range lanes {
		group.Go(func() {
			for i := range next {
				run(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

// oneWayIn is a tenant behind TLS with a crowd of sources.
type oneWayIn struct {
	*acctest.Env
	*httptest.Server
	handshakes atomic.Int64
	settings   acctest.Config
	sources    []acctest.Resource
}

func newOneWayIn(t *testing.T) *oneWayIn {
	t.Helper()
	env := acctest.New(t)
	w := &oneWayIn{Env: env, Server: httptest.NewUnstartedServer(env.Tenant), sources: make([]acctest.Resource, crowd)}
	w.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		w.handshakes.Add(1)
		return nil, nil
	}}
	w.StartTLS()
	t.Cleanup(w.Server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.Certificate().Raw})
	w.settings = acctest.Config{"host": w.Server.URL, "ca_certificate": string(authority)}
	p := w.Protocol(w.settings)
	forEach(crowd, func(i int) { w.sources[i], _ = p.Apply(acctest.Resource{Type: sourceType}, numbered(i)) })
	return w
}

// TestProtocolWhatIsTheSameForEveryObjectFailsOnce lets a crowd of sources be refreshed, created, changed and destroyed while there
// is no way into the tenant: one of them says so in full, and every other one in a line.
func TestProtocolWhatIsTheSameForEveryObjectFailsOnce(t *testing.T) {
	w := newOneWayIn(t)
	for _, test := range []struct {
		name     string
		settings attrs
		shut     bool
		says     []string
		line     string
		most     int64
	}{
		{"a wrong key", attrs{"api_key": "wrong"}, false, []string{"401", "IMMUTA_API_KEY"}, "the API key was refused", 2},
		{
			"a wrong key for a token", attrs{"api_key": "wrong", "authentication": "token"}, false, []string{"401", "IMMUTA_API_KEY"},
			"the API key was refused", 1,
		},
		{
			"a certificate that is not trusted", attrs{"ca_certificate": nil}, false, []string{"not trusted", "insecure_skip_verify"},
			"the tenant's TLS certificate was refused", 1,
		},
		{
			"a refused connection", nil, true, []string{"connection refused", "HTTPS_PROXY"}, "no connection to the tenant could be made", 5,
		},
	} {
		if test.shut {
			w.Server.Close()
		}
		for _, operation := range []struct {
			name string
			n    int
			run  func(p *acctest.Protocol, i int) acctest.Diagnostics
		}{
			{"refresh", crowd, func(p *acctest.Protocol, i int) acctest.Diagnostics { return p.TryRefresh(w.sources[i]) }},
			{"create", crowd / 3, func(p *acctest.Protocol, i int) acctest.Diagnostics {
				return p.TryApply(acctest.Resource{Type: sourceType}, numbered(crowd+i))
			}},
			{"change", lanes, func(p *acctest.Protocol, i int) acctest.Diagnostics {
				return p.TryApply(w.sources[i], numbered(i).With("description", "Changed."))
			}},
			{"destroy", lanes, func(p *acctest.Protocol, i int) acctest.Diagnostics { return p.TryApply(w.sources[i], nil) }},
		} {
			t.Run(test.name+"/"+operation.name, func(t *testing.T) {
				w.Tenant.ResetJournal()
				w.handshakes.Store(0)
				sent := &attempts{}
				p := w.Protocol(w.settings.Merge(test.settings), sent.count)
				said := make([][]string, operation.n)
				begin := time.Now()
				forEach(operation.n, func(i int) { said[i] = operation.run(p, i).Errors() })
				wantOneInFull(t, said, test.line, test.says...)
				// One more is tried every ten seconds.
				took := time.Since(begin)
				most := test.most + int64(took/(10*time.Second))
				if took > 5*time.Second {
					most = max(most, 20) // A machine as slow as that lets others go while the first one still waits.
				}
				if got := sent.Load(); got == 0 || got > most {
					t.Errorf("%d attempts, want %d at most", got, most)
				}
				if lines := w.Tenant.Journal().Lines(); int64(len(lines)) > most {
					t.Errorf("%d requests: %q", len(lines), lines)
				}
				if got := w.handshakes.Load(); got > most {
					t.Errorf("%d connections", got)
				}
			})
		}
	}
}

// wantOneInFull fails the test unless every object has one error: one of them says all of these texts, every other one a line.
func wantOneInFull(t *testing.T, said [][]string, line string, texts ...string) {
	t.Helper()
	refers := regexp.MustCompile(`^(Not tried|Failed likewise): ` + line + `, as reported for the first object \([A-Z]+ /\S+\)\.$`)
	full := 0
	for _, errors := range said {
		if len(errors) != 1 {
			t.Fatalf("%d errors: %q", len(errors), errors)
		}
		_, detail, _ := strings.Cut(errors[0], "\n")
		if refers.MatchString(detail) {
			continue
		}
		full++
		for _, text := range texts {
			if !strings.Contains(detail, text) {
				t.Errorf("no %q in %q", text, detail)
			}
		}
	}
	if full != 1 {
		t.Errorf("%d errors are in full", full)
	}
}

// numbered is the configuration of one of many sources.
func numbered(i int) acctest.Config {
	return acctest.Config(source()).Merge(attrs{"name": fmt.Sprint("Orders ", i), "remote_table": fmt.Sprint("ORDERS_", i)})
}

// TestProtocolFailuresOfOneObjectAreItsOwn: a call that answers 401 for a reason of its own keeps no other object back.
func TestProtocolFailuresOfOneObjectAreItsOwn(t *testing.T) {
	env, p := acctest.Start(t, nil)
	sources := []acctest.Resource{}
	for i := range 3 {
		sources = append(sources, p.Applied(acctest.Resource{Type: sourceType}, numbered(i)))
	}
	id := acctest.Get(sources[0].State, "id")
	env.Tenant.Fault(fake.Fault{Path: fmt.Sprint("/dataSource/", id), Status: 401, Times: fake.Always})
	for range 2 {
		p = env.Protocol(nil)
		p.TryRefresh(sources[0]).WantError(t, "401", "IMMUTA_API_KEY")
		for _, r := range sources[1:] {
			p.Refreshed(r)
		}
	}
}

// TestProtocolWrongSchemeNamesTheRightOne: host says http and the server wants TLS, or the reverse.
func TestProtocolWrongSchemeNamesTheRightOne(t *testing.T) {
	env := acctest.New(t)
	encrypted := httptest.NewUnstartedServer(env.Tenant)
	encrypted.Config.ErrorLog = log.New(io.Discard, "", 0)
	encrypted.StartTLS()
	t.Cleanup(encrypted.Close)
	plain := strings.Replace(encrypted.URL, "https:", "http:", 1)
	env.Protocol(attrs{"host": plain}).TryRead(currentUser, nil).
		WantError(t, "speaks TLS", fmt.Sprintf("set host (or IMMUTA_HOST) to %q", encrypted.URL))
	other := strings.Replace(env.URL, "http:", "https:", 1)
	env.Protocol(attrs{"host": other}).TryRead(currentUser, nil).
		WantError(t, "does not speak TLS", fmt.Sprintf("set host (or IMMUTA_HOST) to %q", env.URL), "clear text")
}
