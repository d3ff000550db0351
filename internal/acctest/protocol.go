package acctest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// Protocol drives the provider the way Terraform does, without Terraform: for what the CLI at hand does not know yet, and
// for tests of many small steps, such as a fault at every single request.
type Protocol struct {
	env    *Env
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

// Resource is a resource as Terraform's state holds it. The zero State is a resource that is not there.
type Resource struct {
	Type     string
	State    tftypes.Value
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData
}

// Exists tells whether the resource is in the state.
func (r Resource) Exists() bool { return !r.State.IsNull() }

// Diagnostics are what the provider reported.
type Diagnostics []*tfprotov6.Diagnostic

// Errors are the texts of the errors, one string each with the attribute's path.
func (d Diagnostics) Errors() []string { return d.texts(tfprotov6.DiagnosticSeverityError) }

// Warnings are the texts of the warnings.
func (d Diagnostics) Warnings() []string { return d.texts(tfprotov6.DiagnosticSeverityWarning) }

func (d Diagnostics) texts(severity tfprotov6.DiagnosticSeverity) []string {
	var texts []string
	for _, one := range d {
		if one.Severity == severity {
			texts = append(texts, fmt.Sprintf("%s: %s\n%s", one.Attribute, one.Summary, one.Detail))
		}
	}
	return texts
}

// Unknown stands for an unknown value in a configuration.
const Unknown = unknown("unknown")

type unknown string

// Protocol configures a provider for the environment. Settings override attributes of the provider block.
func (e *Env) Protocol(settings map[string]any, adjust ...func(*immuta.Config)) *Protocol {
	e.t.Helper()
	p, diags := e.TryProtocol(settings, adjust...)
	if errs := diags.Errors(); len(errs) > 0 {
		e.t.Fatalf("configuring the provider: %s", strings.Join(errs, "\n"))
	}
	return p
}

// TryProtocol is Protocol for configurations that may be refused.
func (e *Env) TryProtocol(settings map[string]any, adjust ...func(*immuta.Config)) (*Protocol, Diagnostics) {
	e.t.Helper()
	server, err := e.Factories(adjust...)["immuta"]()
	e.must(err)
	return e.configure(server, settings)
}

// ProtocolOf is Protocol for another server of a provider.
func (e *Env) ProtocolOf(server tfprotov6.ProviderServer) *Protocol {
	e.t.Helper()
	p, diags := e.configure(server, nil)
	diags.WantNoError(e.t)
	return p
}

func (e *Env) configure(server tfprotov6.ProviderServer, settings map[string]any) (*Protocol, Diagnostics) {
	e.t.Helper()
	p := &Protocol{env: e, server: server}
	var err error
	p.schema, err = server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	e.must(err)
	attributes := map[string]any{"host": e.URL, "api_key": fake.DefaultAPIKey}
	maps.Copy(attributes, settings)
	config := p.dynamic(p.schema.Provider.ValueType(), attributes)
	validated, err := server.ValidateProviderConfig(context.Background(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
	e.must(err)
	configured, err := server.ConfigureProvider(context.Background(),
		&tfprotov6.ConfigureProviderRequest{Config: config, TerraformVersion: "1.15.0"})
	e.must(err)
	return p, append(Diagnostics(validated.Diagnostics), configured.Diagnostics...)
}

// Server is the provider itself, for calls that Protocol has no method for.
func (p *Protocol) Server() tfprotov6.ProviderServer { return p.server }

// Validate validates a resource's configuration. Attributes that are left out are null.
func (p *Protocol) Validate(typeName string, config map[string]any) Diagnostics {
	p.env.t.Helper()
	resp, err := p.server.ValidateResourceConfig(context.Background(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeName, Config: p.dynamic(p.resourceType(typeName), config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	p.env.must(err)
	return resp.Diagnostics
}

// change is what a plan and an apply begin with: the state before, and the configuration.
func (p *Protocol) change(r Resource, config map[string]any) (typ tftypes.Type, prior, configured tftypes.Value) {
	p.env.t.Helper()
	typ = p.resourceType(r.Type)
	prior, configured = r.State, tftypes.NewValue(typ, nil)
	if prior.Type() == nil {
		prior = configured
	}
	if config != nil {
		configured = p.value(typ, config)
	}
	return typ, prior, configured
}

// Plan is what a resource would become.
type Plan struct {
	Planned  tftypes.Value
	Replaces []string
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// Plan plans a resource's configuration; a nil configuration plans a destroy.
func (p *Protocol) Plan(r Resource, config map[string]any) (Plan, Diagnostics) {
	p.env.t.Helper()
	typ, prior, configured := p.change(r, config)
	resp, err := p.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName:         r.Type,
		PriorState:       p.encode(typ, prior),
		ProposedNewState: p.encode(typ, proposed(p.schema.ResourceSchemas[r.Type].Block.Attributes, prior, configured)),
		Config:           p.encode(typ, configured),
		PriorPrivate:     r.Private,
		PriorIdentity:    r.Identity,
	})
	p.env.must(err)
	plan := Plan{Planned: p.decode(typ, resp.PlannedState), private: resp.PlannedPrivate, identity: resp.PlannedIdentity}
	for _, at := range resp.RequiresReplace {
		plan.Replaces = append(plan.Replaces, at.String())
	}
	diags := Diagnostics(resp.Diagnostics)
	if (config == nil || len(plan.Replaces) > 0) && strings.HasSuffix(r.Type, "_data_source") && Get(prior, "on_destroy") == "delete" {
		diags = p.withoutForGood(diags)
	}
	return plan, diags
}

// withoutForGood insists on the warning that a destroy is for good, and takes it away: so tests speak only of what else is reported.
func (p *Protocol) withoutForGood(diags Diagnostics) Diagnostics {
	p.env.t.Helper()
	if len(diags.Errors()) > 0 {
		return diags
	}
	diags.WantWarningAt(p.env.t, "on_destroy", "will be deleted for good")
	return slices.DeleteFunc(diags, func(d *tfprotov6.Diagnostic) bool { return d.Summary == "Data sources will be deleted for good" })
}

// Apply validates, plans and applies a configuration; nil destroys. The resource that it returns is what Terraform would
// save, also after an error.
func (p *Protocol) Apply(r Resource, config map[string]any) (Resource, Diagnostics) {
	p.env.t.Helper()
	return p.ApplyContext(context.Background(), r, config)
}

// ApplyContext is Apply with a context for the apply itself.
func (p *Protocol) ApplyContext(ctx context.Context, r Resource, config map[string]any) (Resource, Diagnostics) {
	p.env.t.Helper()
	var all Diagnostics
	if config != nil {
		all = p.Validate(r.Type, config)
		if len(all.Errors()) > 0 {
			return r, all
		}
	}
	plan, diags := p.Plan(r, config)
	all = append(all, diags...)
	if len(all.Errors()) > 0 {
		return r, all
	}
	out, diags := p.applyPlan(ctx, r, plan, config)
	return out, append(all, diags...)
}

// ApplyPlan applies what was planned before, as Terraform does with a saved plan.
func (p *Protocol) ApplyPlan(r Resource, plan Plan, config map[string]any) (Resource, Diagnostics) {
	p.env.t.Helper()
	return p.applyPlan(context.Background(), r, plan, config)
}

func (p *Protocol) applyPlan(ctx context.Context, r Resource, plan Plan, config map[string]any) (Resource, Diagnostics) {
	p.env.t.Helper()
	typ, prior, configured := p.change(r, config)
	resp, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: r.Type, PriorState: p.encode(typ, prior), PlannedState: p.encode(typ, plan.Planned),
		Config: p.encode(typ, configured), PlannedPrivate: plan.private, PlannedIdentity: plan.identity,
	})
	p.env.must(err)
	out := Resource{Type: r.Type, Private: resp.Private, Identity: resp.NewIdentity, State: p.decode(typ, resp.NewState)}
	diags := Diagnostics(resp.Diagnostics)
	if len(diags.Errors()) == 0 {
		p.checkConsistent(plan.Planned, out.State)
	}
	return out, diags
}

// checkConsistent insists, as Terraform does, that an apply brings what was planned.
func (p *Protocol) checkConsistent(planned, applied tftypes.Value) {
	p.env.t.Helper()
	differences, err := planned.Diff(applied)
	p.env.must(err)
	for _, d := range differences {
		if d.Value1 != nil && d.Value1.IsFullyKnown() {
			p.env.t.Errorf("the provider produced an inconsistent result after apply: %s", d)
		}
	}
}

// Has tells whether a resource has an attribute, by its dotted path.
func (p *Protocol) Has(typeName, at string) bool {
	p.env.t.Helper()
	typ := p.resourceType(typeName)
	for step := range strings.SplitSeq(at, ".") {
		if object, ok := typ.(tftypes.Object); ok {
			if typ, ok = object.AttributeTypes[step]; !ok {
				return false
			}
			continue
		}
		typ = elementType(typ)
	}
	return true
}

// Refresh reads a resource.
func (p *Protocol) Refresh(r Resource) (Resource, Diagnostics) {
	p.env.t.Helper()
	typ := p.resourceType(r.Type)
	resp, err := p.server.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{
		TypeName: r.Type, CurrentState: p.encode(typ, r.State), Private: r.Private, CurrentIdentity: r.Identity,
	})
	p.env.must(err)
	out := Resource{Type: r.Type, Private: resp.Private, Identity: resp.NewIdentity, State: p.decode(typ, resp.NewState)}
	return out, resp.Diagnostics
}

// Import imports by a string id and refreshes, as Terraform does.
func (p *Protocol) Import(typeName, id string) (Resource, Diagnostics) {
	p.env.t.Helper()
	return p.importResource(&tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
}

// ImportIdentity imports by identity and refreshes.
func (p *Protocol) ImportIdentity(typeName string, identity map[string]any) (Resource, Diagnostics) {
	p.env.t.Helper()
	typ := p.identityType(typeName)
	return p.importResource(&tfprotov6.ImportResourceStateRequest{
		TypeName: typeName, Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(typ, identity)},
	})
}

func (p *Protocol) importResource(req *tfprotov6.ImportResourceStateRequest) (Resource, Diagnostics) {
	p.env.t.Helper()
	resp, err := p.server.ImportResourceState(context.Background(), req)
	p.env.must(err)
	if errs := Diagnostics(resp.Diagnostics).Errors(); len(errs) > 0 {
		return Resource{Type: req.TypeName, State: tftypes.NewValue(p.resourceType(req.TypeName), nil)}, resp.Diagnostics
	}
	imported := resp.ImportedResources[0]
	state := p.decode(p.resourceType(req.TypeName), imported.State)
	read, diags := p.Refresh(Resource{Type: req.TypeName, State: state, Private: imported.Private, Identity: imported.Identity})
	return read, append(Diagnostics(resp.Diagnostics), diags...)
}

// DataSource reads a data source.
func (p *Protocol) DataSource(typeName string, config map[string]any) (tftypes.Value, Diagnostics) {
	p.env.t.Helper()
	typ := p.schema.DataSourceSchemas[typeName].ValueType()
	encoded := p.dynamic(typ, config)
	validated, err := p.server.ValidateDataResourceConfig(context.Background(),
		&tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: encoded})
	p.env.must(err)
	if diags := Diagnostics(validated.Diagnostics); len(diags.Errors()) > 0 {
		return tftypes.NewValue(typ, nil), diags
	}
	resp, err := p.server.ReadDataSource(context.Background(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: encoded})
	p.env.must(err)
	return p.decode(typ, resp.State), append(Diagnostics(validated.Diagnostics), resp.Diagnostics...)
}

func (p *Protocol) identityType(typeName string) tftypes.Type {
	p.env.t.Helper()
	schemas, err := p.server.GetResourceIdentitySchemas(context.Background(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.env.must(err)
	return schemas.IdentitySchemas[typeName].ValueType()
}

// Stop is what Terraform sends when the user presses Ctrl-C.
func (p *Protocol) Stop() {
	_, err := p.server.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{})
	p.env.must(err)
}

func (p *Protocol) resourceType(name string) tftypes.Type {
	p.env.t.Helper()
	schema, ok := p.schema.ResourceSchemas[name]
	if !ok {
		p.env.t.Fatalf("the provider serves no resource %s", name)
	}
	return schema.ValueType()
}

func (e *Env) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}
