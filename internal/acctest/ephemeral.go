package acctest

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	acceptance "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// Ephemeral is an ephemeral resource as Terraform holds it while it is open.
type Ephemeral struct {
	Type    string
	Result  tftypes.Value
	Private []byte
}

// Open validates and opens an ephemeral resource.
func (p *Protocol) Open(typeName string, config map[string]any) (Ephemeral, Diagnostics) {
	p.env.t.Helper()
	schema, ok := p.schema.EphemeralResourceSchemas[typeName]
	if !ok {
		p.env.t.Fatalf("the provider serves no ephemeral resource %s", typeName)
	}
	ctx, typ := context.Background(), schema.ValueType()
	opened := Ephemeral{Type: typeName, Result: tftypes.NewValue(typ, nil)}
	encoded := p.dynamic(typ, config)
	validated, err := p.server.ValidateEphemeralResourceConfig(ctx,
		&tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: encoded})
	p.env.must(err)
	if diags := Diagnostics(validated.Diagnostics); len(diags.Errors()) > 0 {
		return opened, diags
	}
	resp, err := p.server.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: typeName, Config: encoded})
	p.env.must(err)
	opened.Private, opened.Result = resp.Private, p.decode(typ, resp.Result)
	return opened, append(Diagnostics(validated.Diagnostics), resp.Diagnostics...)
}

// Close closes an ephemeral resource.
func (p *Protocol) Close(e Ephemeral) Diagnostics {
	p.env.t.Helper()
	resp, err := p.server.CloseEphemeralResource(context.Background(),
		&tfprotov6.CloseEphemeralResourceRequest{TypeName: e.Type, Private: e.Private})
	p.env.must(err)
	return resp.Diagnostics
}

// RunEcho is [Env.Run] with the provider "echo", whose resource "echo" keeps in the state what its configuration was given:
// for a look at what an ephemeral resource answered.
func (e *Env) RunEcho(steps ...acceptance.TestStep) {
	factories := e.Factories()
	factories["echo"] = echoprovider.NewProviderServer()
	e.run(factories, []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)}, steps)
}
