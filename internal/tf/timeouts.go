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
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// timeoutsName is what the attribute is called, in resources and in data sources.
const timeoutsName = "timeouts"

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
	resourceTimeout   = 5 * time.Minute
	dataSourceTimeout = 2 * time.Minute
)

// WithTimeout bounds an operation such as "create". Its errors say which timeout ran out.
func WithTimeout(ctx context.Context, operation string, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("the %s timeout (%s) ran out", operation, limit))
}

// timeoutOf chooses one of the timeouts, such as [timeouts.Value.Create].
type timeoutOf func(timeouts.Value, context.Context, time.Duration) (time.Duration, diag.Diagnostics)

// bound bounds an operation by the timeout that a plan or a state has for it.
func (r *Resource[M]) bound(
	ctx context.Context, operation string, choose timeoutOf, from attributeReader, diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	var given timeouts.Value
	diags.Append(from.GetAttribute(ctx, path.Root(timeoutsName), &given)...)
	limit, more := choose(given, ctx, r.standardTimeout())
	diags.Append(more...)
	return WithTimeout(ctx, operation, limit)
}

func (r *Resource[M]) standardTimeout() time.Duration {
	if r.Timeout == 0 {
		return resourceTimeout
	}
	return r.Timeout
}

func (r *Resource[M]) timeoutsAttribute(ctx context.Context) schema.Attribute {
	standard := r.standardTimeout()
	return timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: !r.Immutable, Delete: true,
		CreateDescription: timeoutDescription("creating", standard),
		ReadDescription:   timeoutDescription("a refresh", standard),
		UpdateDescription: timeoutDescription("a change", standard),
		DeleteDescription: timeoutDescription("a destroy", standard),
	})
}

func timeoutDescription(what string, standard time.Duration) string {
	return fmt.Sprintf("How long %s may take, retries included, such as `30s` or `1h`. Default: `%s`.",
		what, strings.TrimSuffix(standard.String(), "0s"))
}
