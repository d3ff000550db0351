package handler_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestProtocolIdentityIsThereFromTheCreateOn(t *testing.T) {
	_, p := acctest.Start(t, nil)
	r := create(t, p, protoConfig())
	p.WantIdentity(r, attrs{"id": 100})
	r = p.Refreshed(r)
	p.WantIdentity(r, attrs{"id": 100})
	r = p.Applied(r, protoConfig(attrs{"name": "Renamed"}))
	p.WantIdentity(r, attrs{"id": 100})
	r.Identity = nil // As a state from before identities.
	r = p.Refreshed(r)
	p.WantIdentity(r, attrs{"id": 100})
}

func TestProtocolIdentityIsThereWithoutAReadBack(t *testing.T) {
	env := acctest.New(t)
	env.Tenant.Fault(fake.Fault{Method: "GET", Status: 403, Times: fake.Always})
	p := env.Protocol(nil)
	p.WantIdentity(create(t, p, protoConfig()), attrs{"id": 100})
}

func TestProtocolImportOfADisabledSource(t *testing.T) {
	_, p := acctest.Start(t, nil)
	config := protoConfig(attrs{"enabled": false})
	create(t, p, config)
	p.PlansEmpty(p.Imported(protoType, "100"), config)
}

func TestProtocolImportByNameWithOddCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a/b", "snowflake/22", "100", "50% off", `say "cheese"`, "Größe ☂", "name:name", "a?b=c#d", "...", "a+b"} {
		t.Run(name, func(t *testing.T) {
			_, p := acctest.Start(t, nil)
			config := protoConfig(attrs{"name": name})
			create(t, p, config)
			p.PlansEmpty(p.Imported(protoType, "name:"+name), config)
		})
	}
}

func TestProtocolImportErrorsSayWhatWasAttempted(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Status: 403, Message: "Not yours", Times: fake.Always})
	for id, attempted := range map[string]string{
		"100": "Reading data source 100 failed", "name:Orders": `Importing "name:Orders"`, "snowflake/1": `Importing "snowflake/1"`,
	} {
		p.TryImport(protoType, id).WantError(t, attempted, "Not yours")
	}
}

// TestProtocolStateOfAnEarlierRun goes through what Terraform does before it uses a state from disk.
func TestProtocolStateOfAnEarlierRun(t *testing.T) {
	_, p := acctest.Start(t, nil)
	create(t, p, protoConfig())
	resp, err := p.Server().UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: protoType, Version: 0,
		RawState: &tfprotov6.RawState{JSON: []byte(`{"id": 100, "name": "Orders", "unknown_to_this_version": 1}`)},
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp.Diagnostics)
	}
}

func TestProtocolImportOfNothing(t *testing.T) {
	diags := acctest.New(t).Protocol(nil).TryImport(protoType, "100")
	diags.WantNoError(t)
	diags.WantWarning(t, "100") // Terraform turns what is gone right after an import into an error.
}
