package provider_test

import (
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// TestProtocolStepsOfAPathAreRefused: what is configured as a name and sent in a path is no step of one, which a server or what is in
// front of it may resolve. The plan says so, and nothing is sent.
func TestProtocolStepsOfAPathAreRefused(t *testing.T) {
	t.Parallel()
	const says = "The name cannot be part of a path"
	type refusal struct {
		config   attrs
		at, says string
	}
	resources := map[string]refusal{
		"immuta_s3_data_source": {attrs{"name": "..", "integration_id": 4, "prefix": "sales"}, "name", says},
		"immuta_sql_account":    {attrs{"username": "..", "password": "s3cret-Pa55word"}, "username", says},
		"immuta_blob":           {attrs{"data_source_id": 57, "blob_id": "../../tasks/4101", "content_base64": "a2V5"}, "blob_id", "Malformed blob id"},
	}
	data := map[string]refusal{
		"immuta_data_source":              {attrs{"name": ".."}, "name", says},
		"immuta_s3_objects":               {attrs{"bucket": ".."}, "bucket", says},
		"immuta_s3_object":                {attrs{"data_source": "a/../b", "key": "k"}, "data_source", says},
		"immuta_data_source_unmask_users": {attrs{"data_source_id": 57, "column": "."}, "column", says},
	}
	run := func(kind, name string, test refusal, validate func(*acctest.Protocol) acctest.Diagnostics) {
		t.Run(kind+" "+name, func(t *testing.T) {
			t.Parallel()
			env := acctest.NewSerial(t)
			validate(env.Protocol(nil)).WantErrorAt(t, test.at, test.says)
			if calls := env.Tenant.Journal().Lines(); len(calls) > 0 {
				t.Errorf("it sent %q", calls)
			}
		})
	}
	for name, test := range resources {
		run("resource", name, test, func(p *acctest.Protocol) acctest.Diagnostics { return p.Validate(name, test.config) })
	}
	for name, test := range data {
		run("data source", name, test, func(p *acctest.Protocol) acctest.Diagnostics { return p.TryRead(name, test.config) })
	}
}
