package handler_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// add leaves the source that the configuration describes in the tenant, under another name and table.
func (tech technology) add(env *acctest.Env, name, table string) (fake.Source, acctest.Config) {
	seed := tech.seed
	seed.Name = name
	if tech.hasSQL() {
		seed.Table = table
	} else {
		seed.Metadata = attrs{"integrationId": 4, "prefix": table}
	}
	source, _ := env.Tenant.Source(env.Tenant.AddSource(seed))
	return source, tech.config.With("name", name).With(tech.table, table)
}

// TestSourceImport imports every technology's source by all kinds of ids, through the plugin protocol.
func TestSourceImport(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.start(t)
		source, config := tech.add(s.env, "Sales/Orders 100%", "ORDERS")
		byIdentity, diags := s.p.ImportIdentity(tech.resourceType, attrs{"id": source.ID})
		diags.WantNone(t)
		imported := []acctest.Resource{byIdentity}
		for _, id := range []string{fmt.Sprint(source.ID), "name:" + source.Name, fmt.Sprintf("%s/%d", tech.prefix, source.HandlerID)} {
			imported = append(imported, s.p.Imported(tech.resourceType, id))
		}
		for _, s.r = range imported {
			s.want("id", source.ID)
			s.want("handler_id", source.HandlerID)
			s.p.WantIdentity(s.r, attrs{"id": source.ID})
			s.p.PlansNothing(s.r, config)
		}
		if writes := s.env.Tenant.Journal().Writes(); len(writes) > 0 {
			t.Errorf("an import wrote: %q", writes.Lines())
		}
	})
}

// TestSourceImportOfAnotherTechnology is refused with the resource type that fits.
func TestSourceImportOfAnotherTechnology(t *testing.T) {
	all := technologies()
	for i, tech := range all {
		other := all[(i+1)%len(all)]
		t.Run(tech.prefix, func(t *testing.T) {
			s := tech.start(t)
			if other.fake != nil {
				s.env.Tenant.Configure(fake.WithTechnology(*other.fake))
			}
			source, _ := other.add(s.env, "Orders", "ORDERS")
			for _, id := range []string{fmt.Sprint(source.ID), "name:Orders"} {
				want := []string{other.label, tech.resourceType}
				if other.resource == nil {
					want = append(want, other.resourceType)
				}
				s.p.TryImport(tech.resourceType, id).WantErrorAt(t, "id", want...)
			}
			s.p.TryImport(tech.resourceType, fmt.Sprintf("%s/%d", other.prefix, source.HandlerID)).
				WantError(t, "another technology", fmt.Sprintf("%q", tech.prefix))
		})
	}
}

// TestSourceImportSendsTheRest imports a source for a configuration that holds what Immuta does not answer: it is sent once.
func TestSourceImportSendsTheRest(t *testing.T) {
	s := snowflake().start(t)
	source, config := s.tech.add(s.env, sourceName, "ORDERS")
	s.r = s.p.Imported(s.tech.resourceType, fmt.Sprint(source.ID))
	s.apply(config.Without("server.password_wo").With("server.password", password).With("server.user_files", files("CERTIFICATE")).
		With("columns", []any{attrs{"name": "ID", "data_type": "integer", "remote_type": "number(38,0)"}}).
		With("organization", "Retail").With("private", true).With("additional_metadata", `{"useCertificate": true}`))
	s.wantCalls(putHand, putSet, read)
	secrets, _ := s.env.Tenant.Secrets(source.HandlerID)
	if secrets.Password != password || len(secrets.UserFiles) != 1 {
		t.Errorf("the secrets are %+v", secrets)
	}
	if dictionary, _ := s.env.Tenant.Dictionary(source.ID); len(dictionary.Columns) != 1 || dictionary.Columns[0].Name != "ID" {
		t.Errorf("the columns are %+v", dictionary.Columns)
	}
	if saved := s.source(); saved.Organization != "Retail" || !saved.Private {
		t.Errorf("the settings are %+v", saved)
	}
	s.wantMetadata(attrs{"useCertificate": true})
}

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
	for _, name := range []string{
		"a/b", "snowflake/22", "100", "50% off", `say "cheese"`, "Größe ☂", "name:name", "a?b=c#d", "...", "a+b",
	} {
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
