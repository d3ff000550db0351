package acctest

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Invocation is what became of an action.
type Invocation struct {
	// Progress are the messages that Terraform shows while the action runs.
	Progress []string
	// Diagnostics are what was reported at the end or, if it came no further, when the action was validated and planned.
	Diagnostics
}

// Said is all that a user was shown.
func (i Invocation) Said() string {
	return strings.Join(append(append(i.Progress, i.Errors()...), i.Warnings()...), "\n")
}

// actions is the part of the provider's server that serves actions.
func (p *Protocol) actions() tfprotov6.ActionServer {
	p.env.t.Helper()
	server, ok := p.server.(tfprotov6.ActionServer)
	if !ok {
		p.env.t.Fatal("the provider serves no actions")
	}
	return server
}

// PlanAction validates and plans an action.
func (p *Protocol) PlanAction(typeName string, config map[string]any) Diagnostics {
	p.env.t.Helper()
	encoded := p.action(typeName, config)
	validated, err := p.actions().ValidateActionConfig(context.Background(),
		&tfprotov6.ValidateActionConfigRequest{ActionType: typeName, Config: encoded})
	p.env.must(err)
	if diags := Diagnostics(validated.Diagnostics); len(diags.Errors()) > 0 {
		return diags
	}
	planned, err := p.actions().PlanAction(context.Background(), &tfprotov6.PlanActionRequest{ActionType: typeName, Config: encoded})
	p.env.must(err)
	return append(Diagnostics(validated.Diagnostics), planned.Diagnostics...)
}

// Invoke validates, plans and invokes an action.
func (p *Protocol) Invoke(typeName string, config map[string]any) Invocation {
	p.env.t.Helper()
	return p.InvokeContext(context.Background(), typeName, config)
}

// InvokeContext is Invoke with a context for the invocation itself.
func (p *Protocol) InvokeContext(ctx context.Context, typeName string, config map[string]any) Invocation {
	p.env.t.Helper()
	out := Invocation{Diagnostics: p.PlanAction(typeName, config)}
	if len(out.Errors()) > 0 {
		return out
	}
	stream, err := p.actions().InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: p.action(typeName, config)})
	p.env.must(err)
	for event := range stream.Events {
		switch kind := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			out.Progress = append(out.Progress, kind.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			out.Diagnostics = append(out.Diagnostics, kind.Diagnostics...)
		}
	}
	return out
}

func (p *Protocol) action(typeName string, config map[string]any) *tfprotov6.DynamicValue {
	p.env.t.Helper()
	served, ok := p.schema.ActionSchemas[typeName]
	if !ok {
		p.env.t.Fatalf("the provider serves no action %s", typeName)
	}
	return p.dynamic(served.Schema.ValueType(), config)
}
