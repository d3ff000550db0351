// Package acctest is the test environment: every test gets a tenant of its own and a provider that talks to it, either
// through a real Terraform ([Env.Run]) or through the plugin protocol in-process ([Env.Protocol]).
package acctest

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// Env is the world of one test.
type Env struct {
	Tenant *fake.Tenant
	// URL is where the tenant listens.
	URL string

	t         testing.TB
	resources []func() resource.Resource
}

// New starts a tenant that lasts as long as the test, and lets the test run beside others.
func New(t *testing.T, options ...fake.Option) *Env {
	t.Helper()
	t.Parallel()
	return NewSerial(t, options...)
}

// Start is New with a provider, see [Env.Protocol].
func Start(t *testing.T, settings map[string]any, options ...fake.Option) (*Env, *Protocol) {
	t.Helper()
	env := New(t, options...)
	return env, env.Protocol(settings)
}

// NewSerial is New for tests that change their process's environment, and for benchmarks.
func NewSerial(t testing.TB, options ...fake.Option) *Env {
	t.Helper()
	tenant := fake.New(options...)
	server := httptest.NewServer(tenant)
	t.Cleanup(func() {
		// First, or a request that a fault keeps hanging would keep the server from closing.
		tenant.Close()
		server.Close()
	})
	return &Env{Tenant: tenant, URL: server.URL, t: t}
}

// Provider is the provider block, with further settings as lines of HCL.
func (e *Env) Provider(settings ...string) string {
	return fmt.Sprintf("provider \"immuta\" {\n  host    = %q\n  api_key = %q\n  %s\n}\n",
		e.URL, fake.DefaultAPIKey, strings.Join(settings, "\n  "))
}

// Serve makes the environment's provider serve resources that the real one does not.
func (e *Env) Serve(resources ...func() resource.Resource) {
	e.resources = append(e.resources, resources...)
}

// extended is the provider with further resources.
type extended struct {
	*provider.Provider
	resources []func() resource.Resource
}

func (p extended) Resources(ctx context.Context) []func() resource.Resource {
	return append(p.Provider.Resources(ctx), p.resources...)
}

// NoWait makes a client's pauses take no time: what is waited for in tests is decided by the tenant.
func NoWait(c *immuta.Config) {
	c.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
}

// Factories serve the provider in-process.
func (e *Env) Factories(adjust ...func(*immuta.Config)) map[string]func() (tfprotov6.ProviderServer, error) {
	adjust = append([]func(*immuta.Config){NoWait}, adjust...)
	return map[string]func() (tfprotov6.ProviderServer, error){
		"immuta": func() (tfprotov6.ProviderServer, error) {
			return provider.NewServer(extended{provider.New("test", adjust...), e.resources}), nil
		},
	}
}

// Run takes the steps through a real Terraform. A step without a provider block gets the environment's.
func (e *Env) Run(steps ...acceptance.TestStep) { e.RunIf(nil, steps...) }

// RunIf is Run for what not every Terraform knows: a check such as tfversion.SkipBelow skips the test.
func (e *Env) RunIf(checks []tfversion.TerraformVersionCheck, steps ...acceptance.TestStep) {
	e.run(e.Factories(), checks, steps)
}

func (e *Env) run(
	factories map[string]func() (tfprotov6.ProviderServer, error), checks []tfversion.TerraformVersionCheck, steps []acceptance.TestStep,
) {
	t, ok := e.t.(*testing.T)
	if !ok {
		e.t.Fatal("acceptance tests need a *testing.T")
	}
	for i := range steps {
		if steps[i].Config != "" && !strings.Contains(steps[i].Config, `provider "immuta"`) {
			steps[i].Config = e.Provider() + steps[i].Config
		}
	}
	acceptance.Test(t, acceptance.TestCase{
		TerraformVersionChecks:   checks,
		ProtoV6ProviderFactories: factories,
		Steps:                    steps,
	})
}
