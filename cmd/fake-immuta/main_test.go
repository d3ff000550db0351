package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
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
		ended <- run(ctx, []string{"-log", "-seed", "3", "-api-key", "open sesame"}, in, &stderr)
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

func TestRefusesWrongArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"extra"}, {"-seed", "-1"}, {"-nope"}, {"-listen", "nowhere:-1"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
	if err := run(t.Context(), []string{"-help"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help ends with %v", err)
	}
}
