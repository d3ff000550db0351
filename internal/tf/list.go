package tf

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// List is a kind of list resource as a literal: what differs between them, and nothing else. C is the model of its arguments, Row what
// Immuta lists, and M the model of the resource.
type List[C, Row, M any] struct {
	// Resource is the resource that is listed.
	Resource *Resource[M]
	// Schema is the arguments.
	Schema func() schema.Schema
	// Attempted says what is done, for errors: "Listing the members of data source 57".
	Attempted func(c *C) string
	// Subject is the attribute that names what is listed, if there is just one: see [Blame].
	Subject string
	// Rows yields what there is, and reads a page of it when that is wanted. Every page is bounded by itself. A last error that is an
	// [immuta.UnsettledError] is a warning.
	Rows func(ctx context.Context, client *immuta.Client, c *C, bound immuta.Bound) iter.Seq2[Row, error]
	// Keys are the values of the identity's keys, in their order.
	Keys func(c *C, row Row) []any
	// Title is what people know the object by. It holds nothing that changes by itself.
	Title func(row Row) string
	// Read completes a model that has the identity, as [Noun.Read] does. Several are read at the same time. An error that is about this
	// object alone leaves it out.
	Read func(ctx context.Context, r *Refresh, row Row, m *M) error
}

// New is what the constructor that Terraform's framework wants returns.
func (l List[C, Row, M]) New() list.ListResource { return &listResource[C, Row, M]{l} }

var _ list.ListResourceWithConfigure = (*listResource[any, any, any])(nil)

type listResource[C, Row, M any] struct{ kind List[C, Row, M] }

// Metadata names the type, which is the resource's.
func (l *listResource[C, Row, M]) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	l.kind.Resource.Metadata(ctx, req, resp)
}

// Configure takes the provider's data.
func (l *listResource[C, Row, M]) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.kind.Resource.Configure(ctx, req, resp)
}

// ListResourceConfigSchema is the arguments.
func (l *listResource[C, Row, M]) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = l.kind.Schema()
}

// List begins a list, which is read as it is consumed.
func (l *listResource[C, Row, M]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var c C
	var diags diag.Diagnostics
	if req.Config.Raw.IsFullyKnown() {
		diags.Append(req.Config.Get(ctx, &c)...)
	} else {
		diags.AddError("The list is not known yet", "An argument of the list has a value that is known only after an apply. Give values that "+
			"are known, or apply what they come from first.")
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	attempted := l.kind.Attempted(&c)
	client := l.kind.Resource.RequireClient(attempted, &diags)
	if client == nil {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	one := &listing[C, Row, M]{List: l.kind, config: &c, req: req, client: client, attempted: attempted}
	stream.Results = one.results(ctx, l.kind.Rows(ctx, client, &c, boundPage))
}

// boundPage bounds the reading of one page.
func boundPage(ctx context.Context) (context.Context, context.CancelFunc) {
	return WithTimeout(ctx, "list", readTimeout)
}

// listing is a list under way.
type listing[C, Row, M any] struct {
	List[C, Row, M]
	config    *C
	req       list.ListRequest
	client    *immuta.Client
	attempted string
}

// results are as many objects as are wanted, in Immuta's order. Those that could not be read do not count. An error is the last result.
func (l *listing[C, Row, M]) results(ctx context.Context, rows iter.Seq2[Row, error]) iter.Seq[list.ListResult] {
	return func(yield func(list.ListResult) bool) {
		found := int64(0)
		missing := func() int { // how many more may be read ahead
			if l.req.Limit == 0 {
				return l.client.Concurrency()
			}
			return int(min(l.req.Limit-found, int64(l.client.Concurrency())))
		}
		for result := range ahead(ctx, missing, rows, l.result) {
			if result.Identity == nil && len(result.Diagnostics) == 0 {
				continue
			}
			if result.Identity != nil {
				found++
			}
			if !yield(result) || result.Diagnostics.HasError() || found == l.req.Limit && l.req.Limit > 0 {
				return
			}
		}
	}
}

// result is one row, or what went wrong with the list.
func (l *listing[C, Row, M]) result(ctx context.Context, row Row, err error) list.ListResult {
	var failed list.ListResult
	if _, ok := errors.AsType[*immuta.UnsettledError](err); ok {
		failed.Diagnostics.AddWarning("The list may not be complete", l.attempted+": the list went on changing while it was read, or fewer "+
			"different rows came than Immuta says there are. List again when fewer changes are under way.")
		return failed
	}
	if err != nil {
		AddError(&failed.Diagnostics, l.attempted, Blame(l.Subject, err), nil)
		return failed
	}
	result := l.req.NewListResult(ctx)
	result.DisplayName = l.Title(row)
	keys := l.Keys(l.config, row)
	for i, key := range l.Resource.Identity {
		result.Diagnostics.Append(result.Identity.SetAttribute(ctx, path.Root(key.Name), keys[i])...)
	}
	if l.req.IncludeResource {
		l.complete(ctx, row, keys, &result)
	}
	return result
}

// complete reads the object of a result, from where an import of it begins.
func (l *listing[C, Row, M]) complete(ctx context.Context, row Row, keys []any, result *list.ListResult) {
	diags := &result.Diagnostics
	l.Resource.assumeDefaults(ctx, result.Resource, diags)
	for i, key := range l.Resource.Identity {
		key.write(ctx, keys[i], result.Resource, diags)
	}
	var m M
	if diags.Append(result.Resource.Get(ctx, &m)...); diags.HasError() {
		return
	}
	ctx, cancel := WithTimeout(ctx, "read", l.Resource.limit(readTimeout))
	defer cancel()
	err := l.Read(ctx, &Refresh{Client: l.client, Diags: diags}, row, &m)
	switch {
	case errors.Is(err, ErrNotListed):
		*result = list.ListResult{}
	case isOfOne(err):
		name := result.DisplayName
		*result = list.ListResult{}
		diags.AddWarning(name+" is left out", fmt.Sprintf("%s: %s cannot be read. Without include_resource it is listed all the same.\n\n%s",
			l.attempted, name, describe(err)))
	case err != nil:
		AddError(diags, l.attempted, err, l.Resource.Fields)
	case !diags.HasError():
		diags.Append(result.Resource.Set(ctx, &m)...)
	}
}

// ErrNotListed is what [List.Read] returns of a row that stands for no object of the type.
var ErrNotListed = errors.New("there is no such object")

// isOfOne tells refusals that are about one object rather than about whoever asks: it went away, or is closed to the API key's user.
func isOfOne(err error) bool {
	refusal, ok := errors.AsType[*immuta.Error](err)
	return immuta.IsNotFound(err) || ok && refusal.Status == http.StatusForbidden && !refusal.Foreign
}

// ahead converts the elements of a sequence, up to several at a time, and yields the results in the elements' order. How many it begins
// before the first of them is yielded, it asks anew every time. Nothing of it is under way when it is over.
func ahead[In, Out any](
	ctx context.Context, several func() int, elements iter.Seq2[In, error], convert func(context.Context, In, error) Out,
) iter.Seq[Out] {
	return func(yield func(Out) bool) {
		var under sync.WaitGroup
		defer under.Wait()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var begun []chan Out
		next := func() bool {
			first := <-begun[0]
			begun = begun[1:]
			return yield(first)
		}
		for element, err := range elements {
			result := make(chan Out, 1)
			under.Go(func() { result <- convert(ctx, element, err) })
			begun = append(begun, result)
			for len(begun) > 0 && len(begun) >= several() {
				if !next() {
					return
				}
			}
		}
		for len(begun) > 0 {
			if !next() {
				return
			}
		}
	}
}
