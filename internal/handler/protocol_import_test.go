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

// importable is a configuration that an import leaves nothing to do for: its only secret has no version.
func importable() attrs {
	return protoConfig(inServer(attrs{"password_wo_version": nil}))
}

func TestProtocolImportOfADisabledSource(t *testing.T) {
	env := acctest.New(t)
	config := importable()
	config["enabled"] = false
	p := env.Protocol(nil)
	create(t, p, config)
	r := p.Imported(protoType, "100")
	p.WantEmptyPlan(t, r, config)
}

func TestProtocolImportByNameWithOddCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a/b", "snowflake/22", "100", "50% off", `say "cheese"`, "Größe ☂", "name:name", "a?b=c#d", "...", "a+b"} {
		t.Run(name, func(t *testing.T) {
			_, p := acctest.Start(t, nil)
			config := importable()
			config["name"] = name
			create(t, p, config)
			r := p.Imported(protoType, "name:"+name)
			p.WantEmptyPlan(t, r, config)
		})
	}
}

func TestProtocolImportErrorsSayWhatWasAttempted(t *testing.T) {
	env, p := acctest.Start(t, nil)
	env.Tenant.Fault(fake.Fault{Status: 403, Message: "Not yours", Times: fake.Always})
	for id, attempted := range map[string]string{"100": "Reading data source 100 failed", "name:Orders": `Importing "name:Orders"`, "snowflake/1": `Importing "snowflake/1"`} {
		p.TryImport(protoType, id).WantError(t, attempted, "Not yours")
	}
}

// TestProtocolStateOfAnEarlierRun goes through what Terraform does before it uses a state from disk.
func TestProtocolStateOfAnEarlierRun(t *testing.T) {
	_, p := acctest.Start(t, nil)
	create(t, p, protoConfig())
	resp, err := p.Server().UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: protoType, Version: 0, RawState: &tfprotov6.RawState{JSON: []byte(`{"id": 100, "name": "Orders", "unknown_to_this_version": 1}`)},
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp.Diagnostics)
	}
}
