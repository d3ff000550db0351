package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A buffer may be written by the server and read by the test at once.
type buffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestServesUntilInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe()
	var stderr buffer
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"-log", "-sources", "3", "-api-key", "open sesame"}, in, &stderr)
		_ = in.Close()
	}()

	stdout := bufio.NewReader(out)
	line, err := stdout.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("the first line is %q", line)
	}

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/dataSource?size=2", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "open sesame")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Hits  []any
		Count int
	}
	err = json.NewDecoder(response.Body).Decode(&found)
	_ = response.Body.Close()
	if err != nil || len(found.Hits) != 2 || found.Count != 3 {
		t.Errorf("found %+v, %v", found, err)
	}

	interrupt()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it does not stop")
	}
	if rest, err := io.ReadAll(stdout); err != nil || len(rest) > 0 {
		t.Errorf("more than one line on standard output: %q, %v", rest, err)
	}
	_, logged, _ := strings.Cut(stderr.String(), "curl")
	if !strings.Contains(logged, "200 GET /dataSource\n") || strings.Contains(logged[strings.Index(logged, "\n"):], "sesame") {
		t.Errorf("unexpected log: %s", logged)
	}
}

// interrupted is what run prints when it is interrupted right away.
func interrupted(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	out := &interruption{interrupt: interrupt}
	var problems buffer
	if err := run(ctx, args, out, &problems); err != nil {
		t.Fatal(err)
	}
	return out.String(), problems.String()
}

// An interruption ends a run as soon as it has printed its address.
type interruption struct {
	buffer
	interrupt context.CancelFunc
}

func (i *interruption) Write(p []byte) (int, error) {
	i.interrupt()
	return i.buffer.Write(p)
}

func TestPrintsWhatTheTenantContains(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"by default": {nil, `
  users    Ada Byron (17, key demo-key), Grace Hopper (18, key demo-key-of-18)
  groups   Analysts (40000)
  tags     Finance, PII, Sales, Sensitivity, Sensitivity.High, Sensitivity.Low, Team, Team.Finance, Team.Sales
  sources  none
`},
		"with the example": {[]string{"-seed", "testdata/seed.json", "-sources", "1", "-api-key", "k"}, `
  users    Ada Byron (17, key k), Grace Hopper (18, key demo-key-of-18), Mary Somerville (19, key analyst-key)
  groups   Analysts (40000), Finance Team (40001), Auditors (40002)
  tags     Discovered.Entity.Person Name, Finance, PII, Retention.Years.10, Sales, Sensitivity, Sensitivity.High, ` +
			`Sensitivity.Low, Team, Team.Finance, Team.Sales
  sources  Finance Invoices (100, Snowflake), Web Sessions (101, Databricks), Warehouse Stock (102, Redshift), ` +
			`Ticket History (103, Trino), Old Payroll (104, Synapse, disabled), Finance Exports (105, Native S3), ` +
			`Source 106 (106, Snowflake)
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr := interrupted(t, test.args...)
			if !strings.Contains(stderr, test.want) {
				t.Errorf("it prints\n%s, want\n%s", stderr, test.want)
			}
			if !strings.HasPrefix(stdout, "listening on http://127.0.0.1:") || strings.Count(stdout, "\n") != 1 {
				t.Errorf("on standard output it prints %q", stdout)
			}
		})
	}
}

func TestTenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o, err := parse([]string{"-seed", "testdata/seed.json", "-latency", "50ms"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		tenant, err := newTenant(o)
		if err != nil {
			t.Fatal(err)
		}
		invoices, _ := tenant.SourceByName("Finance Invoices")
		stock, _ := tenant.SourceByName("Warehouse Stock")
		for _, test := range []struct {
			key  string
			id   int
			want int
		}{
			{"demo-key", stock.ID, http.StatusOK},
			{"demo-key-of-18", invoices.ID, http.StatusOK}, // The steward is an owner of this one only.
			{"demo-key-of-18", stock.ID, http.StatusForbidden},
			{"analyst-key", invoices.ID, http.StatusForbidden},
		} {
			body := strings.NewReader(`{"description": "New."}`)
			request := httptest.NewRequest(http.MethodPut, fmt.Sprintf("/dataSource/%d", test.id), body)
			request.Header.Set("Authorization", test.key)
			request.Header.Set("Content-Type", "application/json")
			start, recorder := time.Now(), httptest.NewRecorder()
			tenant.ServeHTTP(recorder, request)
			if took := time.Since(start); recorder.Code != test.want || took != 50*time.Millisecond {
				t.Errorf("%s gets %d for a change of %d after %s, want %d after 50ms", test.key, recorder.Code, test.id, took, test.want)
			}
		}
	})
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var stdout, stderr buffer
	if err := run(t.Context(), []string{"-help"}, &stdout, &stderr); err != nil || stderr.String() != "" {
		t.Fatalf("-help ends with %v and prints %q", err, stderr.String())
	}
	example, err := os.ReadFile("testdata/seed.json")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(stdout.String(), "\n\n"+string(example)) || strings.Contains(stdout.String(), "{{") {
		t.Errorf("unexpected help: %s", stdout.String())
	}
	for _, flag := range []string{"-api-key key", "-latency duration", "-listen address", "-log", "-seed file", "-sources number"} {
		if !strings.Contains(stdout.String(), "\n  "+flag+"\n") {
			t.Errorf("the help does not explain %s", flag)
		}
	}
}

func TestRefusesWrongArguments(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"groups": ["A"], "sources": [{"technology": "Oracle"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		`unexpected argument "extra"`:                             {"extra"},
		"-sources must not be negative":                           {"-sources", "-1"},
		"-latency must not be negative":                           {"-latency", "-1s"},
		"-api-key must not be empty":                              {"-api-key", ""},
		"this key is another user's":                              {"-api-key", "demo-key-of-18"},
		"flag provided but not defined: -nope; fake-immuta -help": {"-nope"},
		"listen tcp":                         {"-listen", "nowhere:-1"},
		"no such file":                       {"-seed", "testdata/nowhere.json"},
		bad + ":\n\"sources[0].technology\"": {"-seed", bad},
	} {
		var stdout buffer
		if err := run(t.Context(), args, &stdout, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q ends with %v, want %s", args, err, want)
		}
		if stdout.String() != "" {
			t.Errorf("%q prints %s", args, stdout.String())
		}
	}
}
