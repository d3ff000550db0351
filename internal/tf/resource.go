package tf

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// Noun is what a resource tells the base that it embeds: what differs between them in names, identity, reading and deleting.
// M is its model, which embeds [OperationTimeouts].
type Noun[M any] struct {
	// Type is the resource type, such as "immuta_data_source_tags".
	Type string
	// Identity are the attributes that tell one resource of the type from another.
	Identity []IdentityKey
	// Fields maps keys of the API to attributes, for errors.
	Fields Fields
	// Schema is the schema but for the timeouts, which the base adds.
	Schema func() schema.Schema
	// Timeout is how long one operation may take unless the timeouts attribute says otherwise. 0: as for all nouns.
	Timeout time.Duration
	// Immutable says that nothing of the object can be changed in Immuta, so that an update makes no call.
	Immutable bool
	// Import is how the object is imported.
	Import Import

	// What names the object in the middle of a sentence: "tags of data source 57".
	What func(m *M) string
	// Creating says what a create does, for errors: "Tagging data source 57".
	Creating func(m *M) string
	// Create makes the object in Immuta and completes the plan by what it learns. It reports what fails; without an error, the plan
	// becomes the state.
	Create func(ctx context.Context, c *Creation[M])
	// Read fills the model from Immuta. An error that is [immuta.IsNotFound] says that the object does not exist, which
	// the base has confirmed before it believes it.
	Read func(ctx context.Context, r *Refresh, m *M) error
	// Changing says what an update does, for errors. Nil: changing what [Noun.What] names.
	Changing func(m *M) string
	// Update changes the object in Immuta and completes the plan by what it learns. It is not called when the timeouts alone have
	// changed. It reports what fails; then the state of the change is kept, and otherwise the plan. Nil: an update sends nothing.
	Update func(ctx context.Context, c *Change[M])
	// Verified are attributes that Immuta does not return, but which the noun has compared all the same: see [CompleteImported].
	Verified []string
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
	// Numeral says that it is a number here and a text in the resource, because Terraform's messages show only ids that are texts.
	Numeral bool
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

// Creation is a create under way.
type Creation[M any] struct {
	Client *immuta.Client
	// Plan is what becomes the state; Config has the write-only arguments as well.
	Plan, Config *M
	// Attempted is what [Noun.Creating] says.
	Attempted string
	// Proof is as in [Refresh].
	Proof string
	// Done says what has been done, for a warning about each configured attribute that reads otherwise: "Access was given". Without
	// it, nothing is compared.
	Done  string
	Diags *diag.Diagnostics
	save  func()
}

// Save makes the plan the state at once, for who does more than one request: what exists must be in the state before anything else can
// fail.
func (c *Creation[M]) Save() { c.save() }

// Change is an update under way.
type Change[M any] struct {
	Client *immuta.Client
	// State is what is kept after an error, Plan what becomes the state otherwise; Config has the write-only arguments as well.
	State, Plan, Config *M
	// Attempted is what [Noun.Changing] says.
	Attempted string
	// Verify says that the plan holds what was read back: a configured attribute that did not change is an error then. Otherwise is
	// what to do about that besides leaving it alone: ", or ...".
	Verify    bool
	Otherwise string
	Diags     *diag.Diagnostics
}

// Resource is the base of a resource: embedded, it is all of the framework's methods that a resource has to have.
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

type nothing = Resource[struct{}]

// Metadata names the resource type.
func (r *Resource[M]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.Type
}

// Schema is the noun's own, with the timeouts that every resource has.
func (r *Resource[M]) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.Noun.Schema()
	resp.Schema.Attributes[timeoutsName] = r.timeoutsAttribute(ctx)
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

// SetIdentity copies the identity from a state or a plan. Terraform before 1.12 sends none along with an update, and the
// framework insists on one.
func (r *Resource[M]) SetIdentity(ctx context.Context, from attributeReader, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	for _, key := range r.Identity {
		diags.Append(identity.SetAttribute(ctx, path.Root(key.Name), key.read(ctx, from, key.Numeral, diags))...)
	}
}

// read is the key's value in an identity, or in a state or plan that may have it as a numeral.
func (k IdentityKey) read(ctx context.Context, from attributeReader, numeral bool, diags *diag.Diagnostics) any {
	at := path.Root(k.Name)
	if k.Text || numeral {
		var text types.String
		diags.Append(from.GetAttribute(ctx, at, &text)...)
		if numeral {
			return IDNumber(text)
		}
		return text
	}
	var number types.Int64
	diags.Append(from.GetAttribute(ctx, at, &number)...)
	return number
}

// Begin prepares a creation: it returns the client, or nil with an error when the provider is not configured, and a context
// with the timeout of the plan. Cancel must be called either way.
func (r *Resource[M]) Begin(
	ctx context.Context, req resource.CreateRequest, attempted string, diags *diag.Diagnostics,
) (*immuta.Client, context.Context, context.CancelFunc) {
	ctx, cancel := r.bound(ctx, "create", timeouts.Value.Create, createTimeout, &req.Plan, diags)
	return r.RequireClient(attempted, diags), ctx, cancel
}

// BeginChange is [Resource.Begin] for a change of what the state speaks of: there is no client either when that is another
// tenant's.
func (r *Resource[M]) BeginChange(
	ctx context.Context, req resource.UpdateRequest, attempted string, diags *diag.Diagnostics,
) (*immuta.Client, context.Context, context.CancelFunc) {
	ctx, cancel := r.bound(ctx, "update", timeouts.Value.Update, updateTimeout, &req.Plan, diags)
	return r.clientOfTenant(ctx, req.Private, attempted, diags), ctx, cancel
}

// clientOfTenant returns the client, or nil with an error when it talks to another tenant than the state's.
func (r *Resource[M]) clientOfTenant(ctx context.Context, private PrivateReader, attempted string, diags *diag.Diagnostics) *immuta.Client {
	client := r.RequireClient(attempted, diags)
	if client == nil || r.RefuseOtherTenant(ctx, private, attempted, diags) {
		return nil
	}
	return client
}

// SaveCreated saves what was just made, before anything else can fail, and once more when it has been read back: the state,
// the identity, the tenant and, as in [Refresh], a proof. It returns the model's own value, for who wants to compare.
func (r *Resource[M]) SaveCreated(
	ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse, m *M, proof string,
) (read tftypes.Value) {
	read = SaveResolved(ctx, req.Plan, m, &resp.State, &resp.Diagnostics)
	r.SetIdentity(ctx, &resp.State, resp.Identity, &resp.Diagnostics)
	r.RememberTenant(ctx, resp.Private, proof, &resp.Diagnostics)
	return read
}

// Create makes the object.
func (r *Resource[M]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config M
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	c := &Creation[M]{Plan: &plan, Config: &config, Attempted: r.Creating(&plan), Diags: &resp.Diagnostics}
	client, ctx, cancel := r.Begin(ctx, req, c.Attempted, &resp.Diagnostics)
	defer cancel()
	if client == nil {
		return
	}
	c.Client = client
	c.save = func() { r.SaveCreated(ctx, req, resp, &plan, c.Proof) }
	if r.Noun.Create(ctx, c); resp.Diagnostics.HasError() {
		return
	}
	read := r.SaveCreated(ctx, req, resp, &plan, c.Proof)
	if c.Done != "" {
		WarnNotApplied(c.Done, req, read, &resp.Diagnostics)
	}
}

// Update changes the object, or completes the state of one that was imported.
func (r *Resource[M]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.SetIdentity(ctx, &req.Plan, resp.Identity, &resp.Diagnostics)
	c := &Change[M]{State: &state, Plan: &plan, Config: &config, Attempted: "Changing the " + r.What(&state), Diags: &resp.Diagnostics}
	if r.Changing != nil {
		c.Attempted = r.Changing(&plan)
	}
	if r.Noun.Update != nil && !sameBut(timeoutsName, req.State.Raw, req.Plan.Raw) {
		client, ctx, cancel := r.BeginChange(ctx, req, c.Attempted, &resp.Diagnostics)
		defer cancel()
		if client == nil {
			return
		}
		c.Client = client
		if r.Noun.Update(ctx, c); resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
			return
		}
	}
	read := SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	if c.Verify {
		RefuseNotApplied(c.Attempted, c.Otherwise, req, read, resp)
	}
	CompleteImported(ctx, req, resp, r.What(&plan), r.Verified...)
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
	ctx, cancel := r.BoundRead(ctx, req, &resp.Diagnostics)
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
	ctx, cancel := r.bound(ctx, "delete", timeouts.Value.Delete, deleteTimeout, &req.State, &resp.Diagnostics)
	defer cancel()
	client := r.clientOfTenant(ctx, req.Private, attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	if err := r.Destroy(ctx, client, &state); err != nil {
		AddError(&resp.Diagnostics, attempted, err, r.Fields)
	}
}
