// Command fake-immuta serves an Immuta tenant from memory, to try configurations
// and test modules without an account. Its -help says how to use it.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// help is what -help prints before the example, with the flags in place of {{flags}}.
//
//go:embed help.txt
var help string

//go:embed testdata/seed.json
var exampleSeed string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // A second Ctrl-C does not wait for requests under way.
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "fake-immuta:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	listen  string
	apiKey  string
	seed    string // a file, or ""
	sources int
	latency time.Duration
	logged  bool
}

// parse reads the command line. Instead of an error, -help gives flag.ErrHelp after it was printed.
func parse(args []string, stdout io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("fake-immuta", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "`address` to listen on; port 0 picks a free one")
	flags.StringVar(&o.apiKey, "api-key", fake.DefaultAPIKey, "the administrator's API `key`")
	flags.StringVar(&o.seed, "seed", "", "a JSON `file` with what the tenant contains from the start, see below")
	flags.IntVar(&o.sources, "sources", 0, "`number` of further Snowflake sources, to try how things scale")
	flags.DurationVar(&o.latency, "latency", 0, "`duration` to wait before each answer, such as 50ms")
	flags.BoolVar(&o.logged, "log", false, "write one line per request to standard error, without headers and bodies")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		var defaults strings.Builder
		flags.SetOutput(&defaults)
		flags.PrintDefaults()
		_, err = io.WriteString(stdout, strings.Replace(help, "{{flags}}", defaults.String(), 1)+exampleSeed)
		return o, errors.Join(flag.ErrHelp, err)
	case err != nil:
		return o, fmt.Errorf("%w; fake-immuta -help lists the flags", err)
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.apiKey == "":
		return o, errors.New("-api-key must not be empty")
	case o.sources < 0:
		return o, errors.New("-sources must not be negative")
	case o.latency < 0:
		return o, errors.New("-latency must not be negative")
	}
	return o, nil
}

// newTenant returns the tenant that the command line asks for.
func newTenant(o options) (*fake.Tenant, error) {
	tenant := fake.New(fake.WithAPIKey(o.apiKey), fake.WithLatency(o.latency))
	if _, key := tenant.AddUser("Grace Hopper", fake.CreateDataSource); key == o.apiKey {
		return nil, errors.New("-api-key: this key is another user's")
	}
	if o.seed != "" {
		seed, err := os.ReadFile(o.seed)
		if err != nil {
			return nil, err
		}
		if err := tenant.Seed(seed); err != nil {
			return nil, fmt.Errorf("%s:\n%w", o.seed, err)
		}
	}
	for range o.sources {
		tenant.AddSource(fake.SourceSpec{})
	}
	return tenant, nil
}

// run serves a tenant until the context ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	tenant, err := newTenant(o)
	if err != nil {
		return err
	}
	if o.logged {
		logRequests(tenant, stderr)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.listen)
	if err != nil {
		return err
	}
	// The address comes last: a script that has read it finds the rest there too.
	url := "http://" + listener.Addr().String()
	introduce(stderr, tenant, url, o.apiKey)
	if _, err := fmt.Fprintln(stdout, "listening on", url); err != nil {
		return errors.Join(err, listener.Close())
	}
	return serve(ctx, listener, tenant)
}

// introduce says what is in the tenant and how to use it.
func introduce(w io.Writer, tenant *fake.Tenant, url, apiKey string) {
	_, _ = fmt.Fprintf(w, "The tenant contains (ids in parentheses):\n\n  %s\n",
		strings.ReplaceAll(strings.TrimSuffix(tenant.Contents(), "\n"), "\n", "\n  "))
	_, _ = fmt.Fprintf(w, "\nUse it with:\n  export IMMUTA_HOST=%s IMMUTA_API_KEY=%s\n", url, apiKey)
	_, _ = fmt.Fprintf(w, "Look at it with:\n  curl -H 'Authorization: %s' %s/dataSource\n", apiKey, url)
}

// logRequests writes a line for each request that is answered. Only the path is
// shown of what was sent, because secrets travel in headers and bodies.
func logRequests(tenant *fake.Tenant, w io.Writer) {
	requests := log.New(w, "", log.LstdFlags|log.Lmicroseconds)
	tenant.After("*", "**", func(r *fake.Request) {
		requests.Printf("%d %s", r.Status, r)
	})
}

// serve answers requests until the context ends, and then lets those under way finish.
func serve(ctx context.Context, listener net.Listener, tenant *fake.Tenant) error {
	const patience = 5 * time.Second
	server := &http.Server{Handler: tenant, ReadHeaderTimeout: patience}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	tenant.Close()
	// The requests under way get their own time, now that ctx is over.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
