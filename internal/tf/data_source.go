package tf

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// DataSource is a kind of data source as a literal: what differs between them, and nothing else. M is its model, which embeds
// [ReadTimeout].
type DataSource[M any] struct {
	// Name is the type, such as "immuta_data_sources".
	Name string
	// Schema is the schema but for the timeouts, which are added.
	Schema func() schema.Schema
	// Validators check what no single attribute can.
	Validators []datasource.ConfigValidator
	// Attempted says what a read does, for errors: "Reading the contacts of data source 57".
	Attempted func(m *M) string
	// Subject is the attribute that names what is read, if there is just one: see [Blame].
	Subject string
	// Read fills the model.
	Read func(ctx context.Context, r *Reading, m *M) error
}

// Reading is one read of a data source.
type Reading struct {
	// Provider is the provider's data; its Client is known.
	*Provider

	attempted string
	diags     *diag.Diagnostics
}

// WarnUnsettled tells the user that a list would not hold still, or had fewer rows than it says, if it was so.
func (r *Reading) WarnUnsettled(unsettled bool) {
	if unsettled {
		r.diags.AddWarning("The list may not be complete",
			fmt.Sprintf("%s: the number of rows changed again and again while they were read, or fewer different rows came than Immuta says "+
				"there are. "+
				"Some may be missing or outdated. Read again when fewer changes are under way.", r.attempted))
	}
}

// New is the constructor that Terraform's framework wants.
func (d DataSource[M]) New() datasource.DataSource { return &dataSource[M]{kind: d} }

var (
	_ datasource.DataSourceWithConfigure        = (*dataSource[any])(nil)
	_ datasource.DataSourceWithConfigValidators = (*dataSource[any])(nil)
)

type dataSource[M any] struct {
	kind     DataSource[M]
	provider *Provider
}

func (d *dataSource[M]) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = d.kind.Name
}

func (d *dataSource[M]) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.kind.Schema()
	attribute := timeouts.AttributesWithOpts(ctx, timeouts.Opts{ReadDescription: timeoutDescription("a read", readTimeout)})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = timeoutsDescription
		attribute = nested
	}
	resp.Schema.Attributes[timeoutsName] = attribute
}

func (d *dataSource[M]) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return d.kind.Validators
}

func (d *dataSource[M]) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = Configured(req.ProviderData, &resp.Diagnostics)
}

func (d *dataSource[M]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m M
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	attempted := d.kind.Attempted(&m)
	if d.provider.RequireClient(attempted, &resp.Diagnostics) == nil {
		return
	}
	var given timeouts.Value
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(timeoutsName), &given)...)
	limit, diags := given.Read(ctx, readTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := WithTimeout(ctx, "read", limit)
	defer cancel()
	reading := &Reading{Provider: d.provider, attempted: attempted, diags: &resp.Diagnostics}
	if err := d.kind.Read(ctx, reading, &m); err != nil {
		AddError(&resp.Diagnostics, attempted, Blame(d.kind.Subject, err), fieldsOf(d.kind.Schema().Attributes))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// Blame puts Immuta's word that something does not exist or is closed to the user on the attribute that names it, and an answer
// with too many bytes on the one that bounds them. Every other error stays as it is, and so does one that has its attribute.
func Blame(attribute string, err error) error {
	if _, ok := errors.AsType[*attributeError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*immuta.UnsafePathError](err); ok && attribute != "" {
		return At(attribute, err)
	}
	if _, ok := errors.AsType[*immuta.TooLargeError](err); ok {
		return At(maxBytes, Advise(err, "Raise max_bytes if this much is meant to be read: all of it goes into the state."))
	}
	if attribute != "" && (immuta.IsNotFound(err) || immuta.StatusOf(err) == http.StatusForbidden) {
		return At(attribute, err)
	}
	return err
}

// BlamePart is [Blame] for a read that names a part of a data source: when Immuta does not know one of the two, the source is
// looked for, to tell which.
func (r *Reading) BlamePart(ctx context.Context, sourceID int64, part string, err error) error {
	if !immuta.IsNotFound(err) {
		return Blame(part, err)
	}
	if _, lookErr := r.Client.Source(ctx, sourceID); immuta.IsNotFound(lookErr) {
		return At("data_source_id", lookErr)
	}
	return At(part, err)
}

// fieldsOf maps the API's names of a schema's arguments to them: a parameter is its attribute in camel case.
func fieldsOf[A interface {
	IsRequired() bool
	IsOptional() bool
}](attributes map[string]A) Fields {
	fields := Fields{}
	for name, attribute := range attributes {
		if attribute.IsRequired() || attribute.IsOptional() {
			fields[camelCase(name)] = path.Root(name)
		}
	}
	return fields
}

func camelCase(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}
