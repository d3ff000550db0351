package tf

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Noun is what a resource tells the base that it embeds: what differs between them in names, identity, reading and deleting.
// M is its model.
type Noun[M any] struct {
	// Type is the resource type, such as "immuta_data_source_tags".
	Type string
	// Identity are the attributes that tell one resource of the type from another.
	Identity []IdentityKey
	// Fields maps keys of the API to attributes, for errors.
	Fields Fields
	// Timeout bounds one operation.
	Timeout time.Duration

	// What names the object in the middle of a sentence: "tags of data source 57".
	What func(m *M) string
	// Read fills the model from Immuta. An error that is [immuta.IsNotFound] says that the object does not exist, which
	// the base has confirmed before it believes it.
	Read func(ctx context.Context, r *Refresh, m *M) error
	// Destroying says what a destroy does, for errors: "Removing the tags of data source 57".
	Destroying func(m *M) string
	// Keeps tells whether a destroy only forgets the object. Nil: it never does.
	Keeps func(m *M) bool
	// Destroy takes the object away. What is gone already is no error.
	Destroy func(ctx context.Context, client *immuta.Client, m *M) error
}

// IdentityKey is an attribute of an identity, which is an attribute of the resource of the same name.
type IdentityKey struct {
	Name, Description string
	// Text says that it is a text, and not a number.
	Text bool
	// Optional says that an import may leave it out, because another one is given.
	Optional bool
}

// SourceKey is the identity of what each data source has one of.
func SourceKey() IdentityKey {
	return IdentityKey{Name: "data_source_id", Description: "Id of the data source."}
}

// Refresh is one reading of a resource.
type Refresh struct {
	Client *immuta.Client
	Diags  *diag.Diagnostics
	// Proof is set by who reads: what tells the object from one with the same id on another tenant, such as when it was made
	// and by whom. Empty where Immuta returns nothing of the kind.
	Proof string
}

// Resource is the base of a resource: embedded, it is all of the framework's methods but Schema, Create and Update.
type Resource[M any] struct {
	Noun[M]
	*Provider
}

// These hold for every model, so one of them stands for all.
var (
	_ resource.ResourceWithConfigure   = (*nothing)(nil)
	_ resource.ResourceWithIdentity    = (*nothing)(nil)
	_ resource.ResourceWithImportState = (*nothing)(nil)
)

type nothing struct{ Resource[struct{}] }

func (*nothing) Schema(context.Context, resource.SchemaRequest, *resource.SchemaResponse) {}
func (*nothing) Create(context.Context, resource.CreateRequest, *resource.CreateResponse) {}
func (*nothing) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

// Metadata names the resource type.
func (r *Resource[M]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.Type
}

// IdentitySchema declares the identity.
func (r *Resource[M]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	attributes := map[string]identityschema.Attribute{}
	for _, key := range r.Identity {
		if key.Text {
			attributes[key.Name] = identityschema.StringAttribute{
				Description: key.Description, RequiredForImport: !key.Optional, OptionalForImport: key.Optional,
			}
			continue
		}
		attributes[key.Name] = identityschema.Int64Attribute{
			Description: key.Description, RequiredForImport: !key.Optional, OptionalForImport: key.Optional,
		}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: attributes}
}

// Configure takes the provider's data.
func (r *Resource[M]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.Provider = Configured(req.ProviderData, &resp.Diagnostics)
}

// attributeReader is a state or a plan.
type attributeReader interface {
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

// attributeWriter is a state or an identity.
type attributeWriter interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}

// SetIdentity copies the identity from a state or a plan. Terraform before 1.12 sends none along with an update, and the
// framework insists on one.
func (r *Resource[M]) SetIdentity(ctx context.Context, from attributeReader, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	copyKeys(ctx, r.Identity, from, diags, identity)
}

func copyKeys(ctx context.Context, keys []IdentityKey, from attributeReader, diags *diag.Diagnostics, to ...attributeWriter) {
	for _, key := range keys {
		at := path.Root(key.Name)
		var number types.Int64
		var text types.String
		var value any
		if key.Text {
			diags.Append(from.GetAttribute(ctx, at, &text)...)
			value = text
		} else {
			diags.Append(from.GetAttribute(ctx, at, &number)...)
			value = number
		}
		for _, target := range to {
			diags.Append(target.SetAttribute(ctx, at, value)...)
		}
	}
}

// Begin prepares a write: it returns the client, or nil with an error when the provider is not configured, and a context with
// the noun's timeout. Cancel must be called either way.
func (r *Resource[M]) Begin(ctx context.Context, attempted string, diags *diag.Diagnostics) (*immuta.Client, context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	return r.Provider.Known(attempted, diags), ctx, cancel
}

// BeginChange is [Resource.Begin] for a change of what the state speaks of: there is no client either when that is another
// tenant's.
func (r *Resource[M]) BeginChange(
	ctx context.Context, private PrivateReader, attempted string, diags *diag.Diagnostics,
) (*immuta.Client, context.Context, context.CancelFunc) {
	client, ctx, cancel := r.Begin(ctx, attempted, diags)
	if client == nil || r.RefuseOtherTenant(ctx, private, attempted, diags) {
		return nil, ctx, cancel
	}
	return client, ctx, cancel
}

// SaveCreated saves what was just made, before anything else can fail, and once more when it has been read back: the state,
// the identity, the tenant and, as in [Refresh], a proof. It returns the model's own value, for who wants to compare.
func (r *Resource[M]) SaveCreated(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse, m *M, proof string,
) (read tftypes.Value) {
	read = SettleModel(ctx, req.Plan, m, &resp.State, &resp.Diagnostics)
	r.SetIdentity(ctx, &resp.State, resp.Identity, &resp.Diagnostics)
	r.RememberTenant(ctx, resp.Private, proof, &resp.Diagnostics)
	return read
}

// Read refreshes the state. Only what Immuta itself says twice removes the resource from it.
func (r *Resource[M]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m M
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.SetIdentity(ctx, &req.State, resp.Identity, &resp.Diagnostics)
	what := r.What(&m)
	client := r.ForRefresh(what, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	refresh := &Refresh{Client: client, Diags: &resp.Diagnostics}
	err := r.Noun.Read(ctx, refresh, &m)
	switch {
	case immuta.IsNotFound(err):
		confirm := func(ctx context.Context, err error) error {
			return client.ConfirmPartGone(ctx, r.sourceID(ctx, &req.State), err)
		}
		r.RemoveGone(ctx, req.Private, what, err, confirm, &resp.State, &resp.Diagnostics)
	case err != nil:
		AddError(&resp.Diagnostics, "Reading the "+what, err, r.Fields)
	case resp.Diagnostics.HasError():
	case r.RecognizeTenant(ctx, req.Private, resp.Private, refresh.Proof, what, &resp.Diagnostics):
		resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	}
}

// sourceID is the source that the object belongs to, or 0 for one that belongs to none.
func (r *Resource[M]) sourceID(ctx context.Context, state attributeReader) int64 {
	if !slices.Contains(r.Identity, SourceKey()) {
		return 0
	}
	var id types.Int64
	if state.GetAttribute(ctx, path.Root(SourceKey().Name), &id).HasError() {
		return 0
	}
	return id.ValueInt64()
}

// Delete takes the object away, or only forgets it.
func (r *Resource[M]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || r.Keeps != nil && r.Keeps(&state) {
		return
	}
	attempted := r.Destroying(&state)
	client, ctx, cancel := r.BeginChange(ctx, req.Private, attempted, &resp.Diagnostics)
	defer cancel()
	if client == nil {
		return
	}
	if err := r.Destroy(ctx, client, &state); err != nil {
		if e, ok := errors.AsType[*Refusal](err); ok {
			resp.Diagnostics.AddAttributeError(e.At, e.Summary, e.Detail)
			return
		}
		AddError(&resp.Diagnostics, attempted, err, r.Fields)
	}
}

// Refusal is an error that says everything by itself: which attribute is at fault, what is wrong and what to do.
type Refusal struct {
	At              path.Path
	Summary, Detail string
}

func (e *Refusal) Error() string { return fmt.Sprintf("%s: %s", e.Summary, e.Detail) }

// ImportState takes the id of a data source, for what each data source has one of, or an identity. A noun with other ids has
// an ImportState of its own.
func (r *Resource[M]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID == "" {
		r.ImportIdentity(ctx, req, resp)
		return
	}
	if id, ok := SourceImportID(req.ID, &resp.Diagnostics); ok {
		at := path.Root(SourceKey().Name)
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, at, id)...)
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, at, id)...)
	}
}

// ImportIdentity copies the identity into the state. It serves imports without an id.
func (r *Resource[M]) ImportIdentity(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.Identity == nil || req.Identity.Raw.IsNull() {
		resp.Diagnostics.AddError("Nothing to import by", "Give an id or an identity.")
		return
	}
	copyKeys(ctx, r.Identity, req.Identity, &resp.Diagnostics, &resp.State)
}
