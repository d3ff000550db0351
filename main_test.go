package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestLogsAreSilencedUnlessTheUserAskedForThem(t *testing.T) {
	for _, test := range []struct {
		name     string
		asked    map[string]string
		silenced bool
	}{
		{"nothing is set", nil, true},
		{"an empty variable asks for nothing", map[string]string{"TF_LOG": ""}, true},
		{"a path alone asks for nothing", map[string]string{"TF_LOG_PATH": "/tmp/log"}, true},
		{"TF_LOG", map[string]string{"TF_LOG": "DEBUG"}, false},
		{"the provider's logs", map[string]string{"TF_LOG_PROVIDER": "TRACE"}, false},
		{"this provider's logs", map[string]string{"TF_LOG_PROVIDER_IMMUTA": "TRACE"}, false},
		{"the framework's logs", map[string]string{"TF_LOG_SDK_FRAMEWORK": "WARN"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, variable := range os.Environ() {
				if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") {
					t.Setenv(name, "")
				}
			}
			for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO", "TF_LOG_PROVIDER"} {
				t.Setenv(name, "") // so that what is set here is undone
			}
			for name, value := range test.asked {
				t.Setenv(name, value)
			}
			silenceLogs()
			if got := os.Getenv("TF_LOG_SDK_PROTO") == "OFF"; got != test.silenced {
				t.Errorf("silenced: %t, want %t", got, test.silenced)
			}
			for name, value := range test.asked {
				if value != "" && os.Getenv(name) != value {
					t.Errorf("%s was changed to %q", name, os.Getenv(name))
				}
			}
		})
	}
}

// The program as users run it: its logs work when they are asked for, and hold no secret even then.
func TestAccTraceLogsWorkAndHoldNoSecret(t *testing.T) {
	const password, key = "correct-Horse-battery", "c2VjcmV0IGtleQ=="
	env := acctest.NewSerial(t)
	cli := env.CLI()
	program := filepath.Join(t.TempDir(), "provider")
	if output, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	cli.Provider(program)
	cli.Config(`
resource "immuta_snowflake_data_source" "orders" {
  name          = "Orders"
  remote_schema = "SALES"
  remote_table  = "ORDERS"
  server = {
    hostname    = "acme.example.com", database = "PROD", warehouse = "WH", username = "IMMUTA"
    password_wo = "` + password + `"
    user_files  = [{ key_name = "EXTRA", file_name = "extra", content_wo = "` + key + `" }]
  }
}
`)
	log := filepath.Join(t.TempDir(), "trace.log")
	t.Setenv("TF_LOG", "TRACE")
	t.Setenv("TF_LOG_PATH", log)
	cli.Run("apply", "-auto-approve")
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := env.Tenant.Secrets(env.Tenant.Sources()[0].HandlerID); got.Password != password || got.UserFiles[0].Content != key {
		t.Fatalf("the tenant got other secrets: %+v", got)
	}
	for _, want := range []string{"provider.terraform-provider-immuta", "immuta_client", "path=/snowflake/handler", "request_body"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the log has no %q", want)
		}
	}
	for what, secret := range map[string]string{"password": password, "user file": key, "API key": fake.DefaultAPIKey} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the log holds the %s", what)
		}
	}
}
