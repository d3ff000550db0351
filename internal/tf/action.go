package tf

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Action is a kind of action as a literal: what differs between them, and nothing else. M is its model.
type Action[M any] struct {
	// Name is the type, such as "immuta_complete_task".
	Name string
	// Schema is the schema.
	Schema func() schema.Schema
	// Validators check what no single attribute can.
	Validators []action.ConfigValidator
	// Attempted says what an invocation does, for errors: "Completing task 12".
	Attempted func(m *M) string
	// Subject is the attribute that names what is acted on, if there is just one: see [Blame].
	Subject string
	// Waiting finds the arguments of [WaitArguments] in the model; nil if there are none.
	Waiting func(m *M) *Waiting
	// Secrets are what must appear in no message; nil if there are none.
	Secrets func(m *M) []string
	// Plan reports in the plan what cannot be undone, or will not work; nil if there is nothing. Values may be unknown.
	Plan func(m *M, diags *diag.Diagnostics)
	// Run does the work.
	Run func(ctx context.Context, r *Running, m *M) error
}

// Running is one invocation of an action.
type Running struct {
	// Provider is the provider's data; its Client is known.
	*Provider

	attempted string
	resp      *action.InvokeResponse
}

// Progress tells the user at once how far the action is. It must not be called beside Run, only by it.
func (r *Running) Progress(format string, args ...any) {
	r.resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
}

// Warn tells the user what did not work, or is not certain, although the action does not fail.
func (r *Running) Warn(summary, detail string) {
	r.resp.Diagnostics.AddWarning(summary, fmt.Sprintf("%s: %s", r.attempted, detail))
}

// Waiting are the arguments of an action that starts jobs.
type Waiting struct {
	Wait    types.Bool   `tfsdk:"wait"`
	Timeout types.String `tfsdk:"timeout"`
}

// Wanted tells whether to wait for the jobs.
func (w *Waiting) Wanted() bool { return w.Wait.IsNull() || w.Wait.ValueBool() }

// actionTimeout is how long an action may take unless it says otherwise.
const actionTimeout = 10 * time.Minute

func (w *Waiting) limit() time.Duration {
	if limit, err := time.ParseDuration(w.Timeout.ValueString()); err == nil {
		return limit
	}
	return actionTimeout
}

// WaitArguments adds the attributes of [Waiting] to those of an action.
func WaitArguments(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	attributes["wait"] = schema.BoolAttribute{
		MarkdownDescription: "Whether to wait until Immuta is done, and to fail if one of its jobs does. `false` only starts the jobs. " +
			"Default: `true`.",
		Optional: true,
	}
	attributes["timeout"] = schema.StringAttribute{
		MarkdownDescription: "How long all of it may take, as a duration such as `30m`. When it runs out the action fails, and Immuta goes on " +
			"with its jobs. Default: `10m`.",
		Optional: true, Validators: []validator.String{PositiveDuration()},
	}
	return attributes
}

// New is the constructor that Terraform's framework wants.
func (a Action[M]) New() action.Action { return &configuredAction[M]{kind: a} }

var (
	_ action.ActionWithConfigure        = (*configuredAction[any])(nil)
	_ action.ActionWithConfigValidators = (*configuredAction[any])(nil)
	_ action.ActionWithModifyPlan       = (*configuredAction[any])(nil)
)

type configuredAction[M any] struct {
	kind     Action[M]
	provider *Provider
}

func (a *configuredAction[M]) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = a.kind.Name
}

func (a *configuredAction[M]) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.kind.Schema()
}

func (a *configuredAction[M]) ConfigValidators(context.Context) []action.ConfigValidator {
	return a.kind.Validators
}

func (a *configuredAction[M]) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.provider = Configured(req.ProviderData, &resp.Diagnostics)
}

// protect makes the model's secrets unfit to be shown, as soon as there is a client that knows what is.
func (a *configuredAction[M]) protect(m *M) {
	if a.kind.Secrets != nil && a.provider != nil && a.provider.Client != nil {
		a.provider.Client.Protect(a.kind.Secrets(m)...)
	}
}

func (a *configuredAction[M]) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var m M
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	a.protect(&m)
	if a.kind.Plan != nil {
		a.kind.Plan(&m, &resp.Diagnostics)
	}
}

func (a *configuredAction[M]) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m M
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	attempted := a.kind.Attempted(&m)
	if a.provider.RequireClient(attempted, &resp.Diagnostics) == nil {
		return
	}
	a.protect(&m)
	limit := actionTimeout
	if a.kind.Waiting != nil {
		limit = a.kind.Waiting(&m).limit()
	}
	ctx, cancel := WithTimeout(ctx, "action", limit)
	defer cancel()
	running := &Running{Provider: a.provider, attempted: attempted, resp: resp}
	if err := a.kind.Run(ctx, running, &m); err != nil {
		AddError(&resp.Diagnostics, attempted, Blame(a.kind.Subject, err), fieldsOf(a.kind.Schema().Attributes))
	}
}
