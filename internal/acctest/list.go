package acctest

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Query is a list block of a query.
type Query struct {
	// Config is the arguments in the config block.
	Config map[string]any
	// IncludeResource and Limit are the block's own; 0 is no limit, where Terraform's default is 100.
	IncludeResource bool
	Limit           int64
}

// Listed is an object that a list has found. The State is null unless the query includes it.
type Listed struct {
	Resource
	DisplayName string
}

// Names are the display names.
func Names(all []Listed) []string {
	names := make([]string, 0, len(all))
	for _, one := range all {
		names = append(names, one.DisplayName)
	}
	return names
}

// List validates and reads a list to its end, also where Terraform would stop: at the limit, and at an error.
func (p *Protocol) List(typeName string, q Query) ([]Listed, Diagnostics) {
	p.env.t.Helper()
	schema, ok := p.schema.ListResourceSchemas[typeName]
	if !ok {
		p.env.t.Fatalf("the provider serves no list resource %s", typeName)
	}
	server, ok := p.server.(tfprotov6.ListResourceServer)
	if !ok {
		p.env.t.Fatal("the provider serves no list resources")
	}
	ctx, typ := context.Background(), p.resourceType(typeName)
	config := p.dynamic(schema.ValueType(), q.Config)
	validated, err := server.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: typeName, Config: config})
	p.env.must(err)
	diags := Diagnostics(validated.Diagnostics)
	if len(diags.Errors()) > 0 {
		return nil, diags
	}
	stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: typeName, Config: config, IncludeResource: q.IncludeResource, Limit: q.Limit,
	})
	p.env.must(err)
	var all []Listed
	for result := range stream.Results {
		diags = append(diags, result.Diagnostics...)
		if result.Identity == nil {
			continue
		}
		all = append(all, Listed{
			Resource:    Resource{Type: typeName, State: p.decode(typ, result.Resource), Identity: result.Identity},
			DisplayName: result.DisplayName,
		})
	}
	return all, diags
}

// Listed reads a list, and nothing may be reported.
func (p *Protocol) Listed(typeName string, q Query) []Listed {
	p.env.t.Helper()
	all, diags := p.List(typeName, q)
	diags.WantNone(p.env.t)
	return all
}

// ImportListed imports what a list has found by its identity and refreshes, and nothing may be reported.
func (p *Protocol) ImportListed(one Listed) Resource {
	p.env.t.Helper()
	r, diags := p.importResource(&tfprotov6.ImportResourceStateRequest{TypeName: one.Type, Identity: one.Identity})
	diags.WantNone(p.env.t)
	return r
}

// Generated is the configuration that Terraform writes for an object, without what is null.
func (p *Protocol) Generated(r Resource) Config {
	p.env.t.Helper()
	typ := p.resourceType(r.Type)
	resp, err := p.server.GenerateResourceConfig(context.Background(),
		&tfprotov6.GenerateResourceConfigRequest{TypeName: r.Type, State: p.encode(typ, r.State)})
	p.env.must(err)
	Diagnostics(resp.Diagnostics).WantNone(p.env.t)
	config, ok := Get(p.decode(typ, resp.Config), "").(map[string]any)
	if !ok {
		p.env.t.Fatal("no configuration was generated")
	}
	return config
}
