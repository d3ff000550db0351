// Command terraform-provider-immuta is the Terraform provider for Immuta.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	tfprovider "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run so that a debugger can attach, and print how Terraform reaches this process")
	flag.Parse()
	silenceLogs()
	err := providerserver.Serve(context.Background(), func() tfprovider.Provider { return provider.New(version) }, providerserver.ServeOpts{
		Address: provider.Address,
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// silenceLogs turns the plugin libraries' logs off unless the user asked for any. Without it they write every call as JSON
// to standard error, for Terraform to parse and drop: about a third of the time that a plan of many sources takes.
func silenceLogs() {
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "TF_LOG") && name != "TF_LOG_PATH" && value != "" {
			return
		}
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO", "TF_LOG_PROVIDER"} {
		// Setenv fails on malformed names only.
		_ = os.Setenv(name, "OFF")
	}
}
