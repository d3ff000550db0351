// Command provider-schema writes the provider's schema as JSON, in the format of
// `terraform providers schema -json`, without running Terraform.
//
// A CLI only reports what it knows: Terraform 1.11 leaves out resource identities,
// list resources and actions, OpenTofu leaves out the last two. The documentation
// has to come out the same on every machine, so it is generated from this instead.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

func main() {
	address := flag.String("address", "registry.terraform.io/terraform-immuta/immuta", "the provider's key in the output")
	flag.Parse()

	if err := run(context.Background(), os.Stdout, *address); err != nil {
		fmt.Fprintln(os.Stderr, "provider-schema:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, address string) error {
	schema, err := export(ctx, provider.NewServer(provider.New("dev")))
	if err != nil {
		return err
	}

	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(map[string]any{
		"format_version":   "1.0",
		"provider_schemas": map[string]providerSchema{address: schema},
	})
}
