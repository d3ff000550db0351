// Command terraform-provider-immuta is the Terraform provider for Immuta.
package main

import (
	"flag"
	"log"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run so that a debugger can attach, and print how Terraform reaches this process")
	flag.Parse()
	silenceLogs()
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	serve := func() tfprotov6.ProviderServer { return provider.NewServer(provider.New(version)) }
	if err := tf6server.Serve(provider.Address, serve, options...); err != nil {
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
