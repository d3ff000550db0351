package handler_test

import (
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestProtocolLostCreateWithoutAHandlerSaysThatTheSourceExists: the look-up finds the source, and its handler is not found.
func TestProtocolLostCreateWithoutAHandlerSaysThatTheSourceExists(t *testing.T) {
	env := acctest.New(t)
	env.Tenant.Fault(fake.Fault{Method: "POST", Status: 500, When: fake.After})
	env.Tenant.Fault(fake.Fault{Method: "GET", Path: "/snowflake/handler/*", Status: 404, Times: fake.Always})
	diags := env.Protocol(nil).TryApply(absent(), protoConfig())
	diags.WantError(t, `Creating the data source "Orders" failed`, "500")
	diags.WantWarningAt(t, "name", "Data source 100 may be the one that was to be created", "404",
		"terraform import immuta_snowflake_data_source.<name> '100'")
}

// TestProtocolWarningsAreNotFolded restores two sources at once: Terraform shows only the first of several warnings that have
// the same summary.
func TestProtocolWarningsAreNotFolded(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	summaries := map[string]bool{}
	for i, name := range []string{"Orders", "Returns"} {
		config := protoConfig(attrs{"name": name, "remote_table": name})
		create(t, p, config)
		env.Tenant.Disable(100 + i)
		_, diags := p.Apply(absent(), config)
		diags.WantNoError(t)
		diags.WantWarning(t, "A disabled data source was restored", name, "see to it that one state holds a source")
		for _, d := range diags {
			summaries[d.Summary] = true
		}
	}
	if len(summaries) != 2 {
		t.Errorf("two warnings, summed up as %v", summaries)
	}
}

// TestProtocolTheSameInstantIsNoChange spells expiration in another zone.
func TestProtocolTheSameInstantIsNoChange(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	r := create(t, p, protoConfig(attrs{"expiration": "2027-01-01T00:00:00Z"}))
	p.WantEmptyPlan(t, r, protoConfig(attrs{"expiration": "2027-01-01T02:00:00+02:00"}))

	const moved = "2027-01-01T02:00:00Z"
	p.Want(p.Applied(r, protoConfig(attrs{"expiration": moved})), "expiration", moved)
}

// TestProtocolARefusalIsPrintedOnce: the finding says the same as the message that it comes with.
func TestProtocolARefusalIsPrintedOnce(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	r := create(t, p, protoConfig())
	create(t, p, protoConfig(attrs{"name": "Returns", "remote_table": "RETURNS"}))
	const text = "name must be unique"
	env.Tenant.Fault(fake.Fault{
		Method: "PUT", Path: "/dataSource/*", Status: 422,
		Body: `{"statusCode": 422, "error": "Unprocessable Entity", "message": "` + text + `",
			"validation": [{"code": "unique", "path": "name", "message": "` + text + `"}]}`,
	})
	_, diags := p.Apply(r, protoConfig(attrs{"name": "Returns"}))
	diags.WantErrorAt(t, "name", "Immuta refused the value of name\n\n", "for_each")
	for _, d := range diags {
		if n := strings.Count(d.Detail, text); n != 1 {
			t.Errorf("the finding is there %d times: %s", n, d.Detail)
		}
	}
}
