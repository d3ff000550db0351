package acctest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// serveVariable in the environment makes a test's own binary be the provider: so nothing has to be built for [Env.CLI].
const serveVariable = "IMMUTA_TEST_SERVES_PROVIDER"

// builtVariable in the environment is a provider that has been built already: it starts much faster than a test's own binary, which has
// the race detector in it.
const builtVariable = "IMMUTA_TEST_PROVIDER"

func init() {
	if os.Getenv(serveVariable) == "" {
		return
	}
	serve := func() framework.Provider { return provider.New("test") }
	err := providerserver.Serve(context.Background(), serve, providerserver.ServeOpts{Address: provider.Address, ProtocolVersion: 6})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// CLI runs commands of a real Terraform in a folder of its own, for what [Env.Run] cannot do. The provider is a process of
// its own, as it is for users.
type CLI struct {
	// Dir is where the configuration and the state are.
	Dir string

	env     *Env
	program string
}

// CLI makes an empty folder for a Terraform. Like every acceptance test, it skips the test unless TF_ACC is set.
func (e *Env) CLI() *CLI {
	e.t.Helper()
	if os.Getenv(resource.EnvTfAcc) == "" {
		e.t.Skipf("Acceptance tests skipped unless env '%s' set", resource.EnvTfAcc)
	}
	program := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if program == "" {
		found, err := exec.LookPath("terraform")
		e.must(err)
		program = found
	}
	built := os.Getenv(builtVariable)
	if built == "" {
		self, err := os.Executable()
		e.must(err)
		built = self
	}
	c := &CLI{Dir: e.t.TempDir(), env: e, program: program}
	c.Provider(built)
	return c
}

// Provider makes Terraform run this program as the provider, instead of the test's own.
func (c *CLI) Provider(program string) {
	c.env.t.Helper()
	plugins := c.env.t.TempDir()
	c.env.must(os.Symlink(program, filepath.Join(plugins, "terraform-provider-immuta")))
	c.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n",
		provider.Address, plugins))
}

var cliVersion = regexp.MustCompile(`(?m)^(?:Terraform|OpenTofu) v1\.(\d+)\.`)

// SkipBelow skips the test with a Terraform before 1.<minor>.
func (c *CLI) SkipBelow(minor int) {
	c.env.t.Helper()
	found := cliVersion.FindStringSubmatch(c.Run("version"))
	if found == nil {
		c.env.t.Fatal("the version of Terraform is not known")
	}
	if has, err := strconv.Atoi(found[1]); err != nil || has < minor {
		c.env.t.Skipf("needs Terraform 1.%d, and this is %s", minor, found[0])
	}
}

// Config writes the configuration. It gets the environment's provider block, with these further settings.
func (c *CLI) Config(hcl string, settings ...string) {
	c.env.t.Helper()
	c.write("main.tf", fmt.Sprintf("terraform {\n  required_providers {\n    immuta = {\n      source = %q\n    }\n  }\n}\n%s%s",
		provider.Address, c.env.Provider(settings...), hcl))
}

// Variables gives the configuration's variables their values.
func (c *CLI) Variables(values map[string]any) {
	c.env.t.Helper()
	text, err := json.Marshal(values)
	c.env.must(err)
	c.write("terraform.tfvars.json", string(text))
}

// Run runs a command such as "apply" and returns what it wrote. The test fails if the command does.
func (c *CLI) Run(args ...string) string {
	c.env.t.Helper()
	output, err := c.run(args...)
	if err != nil {
		c.env.t.Fatalf("%q: %v\n%s", args, err, output)
	}
	return output
}

// Fail runs a command that has to fail.
func (c *CLI) Fail(args ...string) string {
	c.env.t.Helper()
	output, err := c.run(args...)
	if err == nil {
		c.env.t.Fatalf("%q did not fail:\n%s", args, output)
	}
	return output
}

// WantPlanned fails the test unless the output of a CLI has these lines one after the other, whatever their indentation.
func WantPlanned(t testing.TB, output string, want ...string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(output) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	if fragment := strings.Join(want, "\n"); !strings.Contains(strings.Join(lines, "\n"), fragment) {
		t.Errorf("no\n%s\nin\n%s", fragment, output)
	}
}

func (c *CLI) run(args ...string) (string, error) {
	cmd := exec.Command(c.program, args...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), serveVariable+"=1", "TF_CLI_CONFIG_FILE="+filepath.Join(c.Dir, "cli.tfrc"),
		"TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
		// For a configuration whose provider block does not name the tenant.
		"IMMUTA_HOST="+c.env.URL, "IMMUTA_API_KEY="+fake.DefaultAPIKey)
	if os.Getenv("TF_LOG") == "" {
		// As main does: nobody reads these logs.
		cmd.Env = append(cmd.Env, "TF_LOG_SDK=OFF", "TF_LOG_SDK_FRAMEWORK=OFF", "TF_LOG_SDK_PROTO=OFF", "TF_LOG_PROVIDER=OFF")
	}
	output, err := cmd.CombinedOutput()
	return string(output), err
}

func (c *CLI) write(name, content string) {
	c.env.t.Helper()
	c.env.must(os.WriteFile(filepath.Join(c.Dir, name), []byte(content), 0o600))
}
