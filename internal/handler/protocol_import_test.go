package handler_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// wantIdentity fails unless a resource carries its id as its identity.
func wantIdentity(t *testing.T, r acctest.Resource, id int64) {
	t.Helper()
	if r.Identity == nil || r.Identity.IdentityData == nil {
		t.Fatal("no identity")
	}
	identity, err := r.Identity.IdentityData.Unmarshal(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.Number}})
	if err != nil {
		t.Fatal(err)
	}
	acctest.WantAttributes(t, identity, map[string]any{"id": id})
}

func TestProtocolIdentityIsThereFromTheCreateOn(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	r := create(t, p, protoConfig())
	wantIdentity(t, r, 100)
	r = p.Refreshed(r)
	wantIdentity(t, r, 100)
	r = p.Applied(r, protoConfig(attrs{"name": "Renamed"}))
	wantIdentity(t, r, 100)
	r.Identity = nil // As a state from before identities.
	r = p.Refreshed(r)
	wantIdentity(t, r, 100)
}

func TestProtocolIdentityIsThereWithoutAReadBack(t *testing.T) {
	env := acctest.New(t)
	env.Tenant.Fault(fake.Fault{Method: "GET", Status: 403, Times: fake.Always})
	wantIdentity(t, create(t, env.Protocol(nil), protoConfig()), 100)
}

// importable is a configuration that an import leaves nothing to do for: its only secret has no version.
func importable() attrs {
	return protoConfig(inServer(attrs{"password_wo_version": nil}))
}

func TestProtocolImportPlansEmpty(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]func(*acctest.Protocol) (acctest.Resource, acctest.Diagnostics){
		"id": func(p *acctest.Protocol) (acctest.Resource, acctest.Diagnostics) { return p.Import(protoType, "101") },
		"name": func(p *acctest.Protocol) (acctest.Resource, acctest.Diagnostics) {
			return p.Import(protoType, "name:Orders")
		},
		"handler id": func(p *acctest.Protocol) (acctest.Resource, acctest.Diagnostics) {
			return p.Import(protoType, "snowflake/50001")
		},
		"identity": func(p *acctest.Protocol) (acctest.Resource, acctest.Diagnostics) {
			return p.ImportIdentity(protoType, attrs{"id": 101})
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			env.Tenant.AddSource(fake.SourceSpec{}) // So that the ids are not the first ones.
			create(t, env.Protocol(nil), importable())
			p := env.Protocol(nil)
			r, diags := by(p)
			diags.WantNone(t)
			wantIdentity(t, r, 101)
			p.WantEmptyPlan(t, r, importable())
			acctest.WantAttributes(t, r.State, map[string]any{"handler_id": int64(50001)})
		})
	}
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

// TestProtocolImportOfWhatImmutaDoesNotAnswer: one apply sends it.
func TestProtocolImportOfWhatImmutaDoesNotAnswer(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	config := protoConfig(attrs{
		"organization": "Retail", "private": true, "additional_metadata": `{"useCertificate": true}`,
		"columns": []any{attrs{"name": "ID", "data_type": "integer", "remote_type": "number"}},
	})
	create(t, p, config)
	r := p.Imported(protoType, "100")
	r = p.Applied(r, config)
	wantConfigured(t, env.Tenant, r, config)
	p.WantEmptyPlan(t, r, config)
}

func TestProtocolImportByNameWithOddCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a/b", "snowflake/22", "100", "50% off", `say "cheese"`, "Größe ☂", "name:name", "a?b=c#d", "...", "a+b"} {
		t.Run(name, func(t *testing.T) {
			env := acctest.New(t)
			p := env.Protocol(nil)
			config := importable()
			config["name"] = name
			create(t, p, config)
			r := p.Imported(protoType, "name:"+name)
			p.WantEmptyPlan(t, r, config)
		})
	}
}

func TestProtocolImportOfAnotherTechnologyNamesTheRightType(t *testing.T) {
	env := acctest.New(t)
	env.Tenant.AddSource(fake.SourceSpec{Technology: "Databricks", Name: "Bricks"})
	p := env.Protocol(nil)
	for _, id := range []string{"100", "name:Bricks"} {
		p.TryImport(protoType, id).WantErrorAt(t, "id", "data source 100 is a source of Databricks", "immuta_databricks_data_source")
	}
	p.TryImport(protoType, "databricks/50000").WantError(t, "snowflake", "databricks/50000", "resource type")
}

func TestProtocolImportErrorsSayWhatWasAttempted(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	env.Tenant.Fault(fake.Fault{Status: 403, Message: "Not yours", Times: fake.Always})
	for id, attempted := range map[string]string{"100": "Reading data source 100 failed", "name:Orders": `Importing "name:Orders"`, "snowflake/1": `Importing "snowflake/1"`} {
		p.TryImport(protoType, id).WantError(t, attempted, "Not yours")
	}
}

// TestProtocolStateOfAnEarlierRun goes through what Terraform does before it uses a state from disk.
func TestProtocolStateOfAnEarlierRun(t *testing.T) {
	env := acctest.New(t)
	p := env.Protocol(nil)
	create(t, p, protoConfig())
	resp, err := p.Server().UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: protoType, Version: 0, RawState: &tfprotov6.RawState{JSON: []byte(`{"id": 100, "name": "Orders", "unknown_to_this_version": 1}`)},
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp.Diagnostics)
	}
}
