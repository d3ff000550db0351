// Command fake-immuta serves an Immuta tenant from memory, to try configurations
// and test modules without an account.
//
// When it is ready it prints one line to standard output, "listening on
// http://127.0.0.1:PORT"; everything else goes to standard error. It runs until it
// is interrupted, and forgets everything then.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "fake-immuta:", err)
		os.Exit(1)
	}
}

// run serves a tenant until the context ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("fake-immuta", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "`address` to listen on; port 0 picks a free one")
	apiKey := flags.String("api-key", fake.DefaultAPIKey, "the API `key` that the tenant accepts")
	logged := flags.Bool("log", false, "write one line per request to standard error, without headers and bodies")
	seed := flags.Int("seed", 0, "the `number` of Snowflake sources that are there from the start")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *seed < 0 {
		return fmt.Errorf("-seed must not be negative")
	}

	tenant := fake.New(fake.WithAPIKey(*apiKey))
	for range *seed {
		tenant.AddSource(fake.SourceSpec{})
	}
	if *logged {
		logRequests(tenant, stderr)
	}

	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	if _, err := fmt.Fprintln(stdout, "listening on", url); err != nil {
		return errors.Join(err, listener.Close())
	}
	hint(stderr, url, *apiKey)
	return serve(ctx, listener, tenant)
}

// hint says how to use the tenant.
func hint(w io.Writer, url, apiKey string) {
	_, _ = fmt.Fprintf(w, "Use it with:\n  export IMMUTA_HOST=%s IMMUTA_API_KEY=%s\n", url, apiKey)
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
