package provider

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Served is a provider that can make texts fit to be shown.
type Served interface {
	provider.Provider
	// Mask blots secrets out of a text, and spells out control characters.
	Mask(text string) string
}

// NewServer serves a provider over protocol version 6. Every error, warning and progress message passes through its Mask,
// whoever wrote the text: this provider, Immuta, a proxy, Go's transport or the framework.
func NewServer(p Served) tfprotov6.ProviderServer {
	inner := providerserver.NewProtocol6(p)()
	full, ok := inner.(fullServer)
	if !ok {
		panic("the framework's server lacks actions or list resources")
	}
	return &server{fullServer: full, mask: p.Mask}
}

// fullServer is all that the framework's server can do.
type fullServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// server is the framework's server with texts that are fit to be shown. Calls without texts go to the embedded one.
type server struct {
	fullServer
	mask func(string) string
}

func (s *server) show(diags []*tfprotov6.Diagnostic) {
	for _, d := range diags {
		d.Summary, d.Detail = s.mask(d.Summary), s.mask(d.Detail)
	}
}

// shown makes a call, and its texts fit to be shown.
func shown[Request, Response any](
	ctx context.Context, s *server, call func(context.Context, *Request) (*Response, error), req *Request,
	texts func(*Response) []*tfprotov6.Diagnostic,
) (*Response, error) {
	resp, err := call(ctx, req)
	if resp != nil {
		s.show(texts(resp))
	}
	return resp, err
}

func (s *server) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return shown(ctx, s, s.fullServer.ValidateProviderConfig, req,
		func(resp *tfprotov6.ValidateProviderConfigResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return shown(ctx, s, s.fullServer.ConfigureProvider, req,
		func(resp *tfprotov6.ConfigureProviderResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return shown(ctx, s, s.fullServer.ValidateResourceConfig, req,
		func(resp *tfprotov6.ValidateResourceConfigResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return shown(ctx, s, s.fullServer.UpgradeResourceState, req,
		func(resp *tfprotov6.UpgradeResourceStateResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return shown(ctx, s, s.fullServer.ReadResource, req,
		func(resp *tfprotov6.ReadResourceResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return shown(ctx, s, s.fullServer.PlanResourceChange, req,
		func(resp *tfprotov6.PlanResourceChangeResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return shown(ctx, s, s.fullServer.ApplyResourceChange, req,
		func(resp *tfprotov6.ApplyResourceChangeResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return shown(ctx, s, s.fullServer.ImportResourceState, req,
		func(resp *tfprotov6.ImportResourceStateResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return shown(ctx, s, s.fullServer.ValidateDataResourceConfig, req,
		func(resp *tfprotov6.ValidateDataResourceConfigResponse) []*tfprotov6.Diagnostic {
			return resp.Diagnostics
		})
}

func (s *server) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return shown(ctx, s, s.fullServer.ReadDataSource, req,
		func(resp *tfprotov6.ReadDataSourceResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ValidateEphemeralResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return shown(ctx, s, s.fullServer.ValidateEphemeralResourceConfig, req,
		func(resp *tfprotov6.ValidateEphemeralResourceConfigResponse) []*tfprotov6.Diagnostic {
			return resp.Diagnostics
		})
}

func (s *server) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return shown(ctx, s, s.fullServer.OpenEphemeralResource, req,
		func(resp *tfprotov6.OpenEphemeralResourceResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) CloseEphemeralResource(
	ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest,
) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return shown(ctx, s, s.fullServer.CloseEphemeralResource, req,
		func(resp *tfprotov6.CloseEphemeralResourceResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return shown(ctx, s, s.fullServer.ValidateListResourceConfig, req,
		func(resp *tfprotov6.ValidateListResourceConfigResponse) []*tfprotov6.Diagnostic {
			return resp.Diagnostics
		})
}

func (s *server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := s.fullServer.ListResource(ctx, req)
	if stream != nil {
		stream.Results = each(stream.Results, func(result *tfprotov6.ListResourceResult) {
			result.DisplayName = s.mask(result.DisplayName)
			s.show(result.Diagnostics)
		})
	}
	return stream, err
}

func (s *server) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	return shown(ctx, s, s.fullServer.ValidateActionConfig, req,
		func(resp *tfprotov6.ValidateActionConfigResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return shown(ctx, s, s.fullServer.PlanAction, req,
		func(resp *tfprotov6.PlanActionResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

func (s *server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.fullServer.InvokeAction(ctx, req)
	if stream != nil {
		stream.Events = each(stream.Events, s.showEvent)
	}
	return stream, err
}

func (s *server) showEvent(event *tfprotov6.InvokeActionEvent) {
	switch kind := event.Type.(type) {
	case tfprotov6.ProgressInvokeActionEventType:
		kind.Message = s.mask(kind.Message)
		event.Type = kind
	case tfprotov6.CompletedInvokeActionEventType:
		s.show(kind.Diagnostics)
	}
}

// each lets do change the elements of a sequence while they pass.
func each[T any](elements iter.Seq[T], do func(*T)) iter.Seq[T] {
	return func(yield func(T) bool) {
		for element := range elements {
			do(&element)
			if !yield(element) {
				return
			}
		}
	}
}
