package tf

import (
	"context"
	"fmt"
	"strings"
	"time"

	datatimeouts "github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// What the attribute is called and what it is for, in resources and in data sources.
const (
	timeoutsName        = "timeouts"
	timeoutsDescription = "How long operations may take."
)

// OperationTimeouts is what the model of a resource embeds: [Resource] adds the attribute to the schema and heeds it.
type OperationTimeouts struct {
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// ReadTimeout is what the model of a data source embeds: [DataSource] adds the attribute to the schema and heeds it.
type ReadTimeout struct {
	Timeouts datatimeouts.Value `tfsdk:"timeouts"`
}

// How long an operation may take unless the timeouts attribute, or the noun, says otherwise.
const (
	createTimeout = 10 * time.Minute
	readTimeout   = 2 * time.Minute
	updateTimeout = 10 * time.Minute
	deleteTimeout = 5 * time.Minute
)

// WithTimeout bounds an operation such as "create". Its errors say which timeout ran out.
func WithTimeout(ctx context.Context, operation string, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("the %s timeout (%s) ran out", operation, limit))
}

// BoundImport bounds the requests that find out what an import id means.
func BoundImport(ctx context.Context) (context.Context, context.CancelFunc) {
	return WithTimeout(ctx, "import", readTimeout)
}

// BoundPlan bounds the requests of a plan. No timeout of the configuration is about them.
func BoundPlan(ctx context.Context) (context.Context, context.CancelFunc) {
	return WithTimeout(ctx, "plan", readTimeout)
}

// timeoutOf chooses one of the timeouts, such as [timeouts.Value.Create].
type timeoutOf func(timeouts.Value, context.Context, time.Duration) (time.Duration, diag.Diagnostics)

// bound bounds an operation by the timeout that a plan or a state has for it.
func (r *Resource[M]) bound(
	ctx context.Context, operation string, choose timeoutOf, limit time.Duration, from attributeReader, diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	var given timeouts.Value
	diags.Append(from.GetAttribute(ctx, path.Root(timeoutsName), &given)...)
	limit, more := choose(given, ctx, r.limit(limit))
	diags.Append(more...)
	return WithTimeout(ctx, operation, limit)
}

// BoundRead bounds a refresh by the timeout that the state has for it.
func (r *Resource[M]) BoundRead(
	ctx context.Context, req resource.ReadRequest, diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	return r.bound(ctx, "read", timeouts.Value.Read, readTimeout, &req.State, diags)
}

// limit is the noun's own limit, or the general one.
func (r *Resource[M]) limit(general time.Duration) time.Duration {
	if r.Timeout == 0 {
		return general
	}
	return r.Timeout
}

func (r *Resource[M]) timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: !r.Immutable, Delete: true,
		CreateDescription: timeoutDescription("creating", r.limit(createTimeout)),
		ReadDescription:   timeoutDescription("a refresh", r.limit(readTimeout)),
		UpdateDescription: timeoutDescription("a change", r.limit(updateTimeout)),
		DeleteDescription: timeoutDescription("a destroy", r.limit(deleteTimeout)),
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = timeoutsDescription
		return nested
	}
	return attribute
}

func timeoutDescription(what string, limit time.Duration) string {
	return fmt.Sprintf("How long %s may take, retries included, such as `30s` or `1h`. Default: `%s`.",
		what, strings.TrimSuffix(limit.String(), "0s"))
}
