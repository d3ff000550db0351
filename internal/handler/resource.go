package handler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// How long operations may take unless the timeouts attribute says otherwise.
const (
	createTimeout = 10 * time.Minute
	readTimeout   = 2 * time.Minute
	updateTimeout = 10 * time.Minute
	deleteTimeout = 5 * time.Minute
)

// Resource is the lifecycle of the sources of one technology, whose model is M.
type Resource[M any] struct {
	d        Descriptor[M]
	provider *tf.Provider
}

func newResource[M any](d Descriptor[M]) *Resource[M] { return &Resource[M]{d: d} }

// fields say for every key that is sent on which attribute an error about it lands.
func (r *Resource[M]) fields() tf.Fields {
	fields := fieldsOf(r.d.Values(new(M), answer{}))
	maps.Copy(fields, r.d.Fields)
	return fields
}

// These hold for every model, so one of them stands for all.
var (
	_ resource.ResourceWithConfigure      = (*Resource[struct{}])(nil)
	_ resource.ResourceWithIdentity       = (*Resource[struct{}])(nil)
	_ resource.ResourceWithImportState    = (*Resource[struct{}])(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource[struct{}])(nil)
	_ resource.ResourceWithValidateConfig = (*Resource[struct{}])(nil)
)

func (r *Resource[M]) technology() Technology { return r.d.Technology }

// Metadata names the resource type.
func (r *Resource[M]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.d.Technology.ResourceType()
}

// Schema is the common attributes and the technology's own.
func (r *Resource[M]) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := commonAttributes(ctx, r.d.Technology)
	maps.Copy(attributes, r.d.Attributes())
	resp.Schema = schema.Schema{MarkdownDescription: r.d.Description, Attributes: attributes}
}

// IdentitySchema is the source's id: the name may change, the id never does.
func (r *Resource[M]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.Int64Attribute{
			Description:       "Id of the data source in Immuta.",
			RequiredForImport: true,
		},
	}}
}

// Configure takes the provider's client and defaults.
func (r *Resource[M]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

// ValidateConfig checks what no single attribute can.
func (r *Resource[M]) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config M
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.d.Validate != nil {
		resp.Diagnostics.Append(r.d.Validate(&config)...)
	}
}

// Create registers the source. Once Immuta has it, nothing is an error any more: an error would taint the source, and the
// next apply would destroy it.
func (r *Resource[M]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config M
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	common := r.d.Common(&plan)
	attempted := "Creating the data source " + quoted(common.Name)
	client := r.provider.RequireClient(attempted, &resp.Diagnostics)
	ctx, cancel := bound(ctx, "create", common.Timeouts.Create, createTimeout, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	if r.d.PlanCreate != nil {
		r.d.PlanCreate(&config)
	}
	r.protect(client, &config)
	registered := r.register(ctx, client, attempted, &config, &resp.Diagnostics)
	if registered == nil {
		return
	}
	r.provider.Listing.Wrote(registered.id)
	common.ID = types.Int64Value(registered.id)
	if registered.ref.ID != 0 {
		common.HandlerID = types.Int64Value(registered.ref.ID)
	}
	tf.SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), registered.id)...)
	r.provider.RememberTenant(ctx, resp.Private, "", &resp.Diagnostics)

	found := r.complete(ctx, client, registered, &plan, &config, resp.Private, &resp.Diagnostics)
	if found == nil {
		return
	}
	if name := string(found.source.Name); !registered.adopted && !sameName(name, common.Name.ValueString()) {
		// The state may not keep what is somebody else's, and an error beside a state would destroy it.
		resp.State.RemoveResource(ctx)
		r.refuseOtherAnswer(attempted, registered.id, name, common.Name.ValueString(), &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(r.fromAPI(&plan, found)...)
	r.provider.RememberTenant(ctx, resp.Private, found.source.Birth(), &resp.Diagnostics)
	read := tf.SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	tf.WarnNotApplied(fmt.Sprintf("Data source %d was created", registered.id), req, read, &resp.Diagnostics)
}

// Read refreshes the state. Only Immuta's own word that the source does not exist removes it.
func (r *Resource[M]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m M
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	common := r.d.Common(&m)
	id := common.ID.ValueInt64()
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...)
	what := common.label()
	client := r.provider.ForRefresh(what, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := bound(ctx, "read", common.Timeouts.Read, readTimeout, &resp.Diagnostics)
	defer cancel()

	row, listed, done := r.provider.Listing.Row(ctx, id)
	defer done()
	if listed && common.matchesListing(row) && (r.d.MatchesListing == nil || r.d.MatchesListing(&m, row)) && r.provider.IsSameTenant(ctx, req.Private) {
		return
	}
	r.protect(client, &m)
	found, err := r.read(ctx, client, id, common.HandlerID.ValueInt64(), nil)
	switch {
	case errors.Is(err, errGone):
		confirm := func(ctx context.Context, err error) error { return client.ConfirmSourceGone(ctx, id, err) }
		r.provider.RemoveGone(ctx, req.Private, what, err, confirm, &resp.State, &resp.Diagnostics)
		return
	case err != nil:
		r.addReadError(&resp.Diagnostics, "Reading "+what, err)
		return
	}
	if !r.provider.RecognizeTenant(ctx, req.Private, resp.Private, found.source.Birth(), what, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(r.fromAPI(&m, found)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// Update sends only what changed: settings, the handler, enabling and disabling, each with its own call.
func (r *Resource[M]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	before, common := r.d.Common(&state), r.d.Common(&plan)
	id := before.ID.ValueInt64()
	// Terraform before 1.12 sends no identity along, and the framework insists on one.
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...)
	attempted := "Updating " + before.label()
	client := r.provider.RequireClient(attempted, &resp.Diagnostics)
	ctx, cancel := bound(ctx, "update", common.Timeouts.Update, updateTimeout, &resp.Diagnostics)
	defer cancel()
	change, diags := r.change(&state, &plan, &config)
	resp.Diagnostics.Append(diags...)
	if isUnfinished(ctx, req.Private) {
		all, diags := r.change(nil, &plan, &config)
		resp.Diagnostics.Append(diags...)
		change.settings, change.handler = all.settings, all.handler
	}
	if common.HandlerID.IsUnknown() {
		common.HandlerID = before.HandlerID
	}
	if resp.Diagnostics.HasError() || r.provider.RefuseOtherTenant(ctx, req.Private, attempted, &resp.Diagnostics) {
		return
	}
	r.protect(client, &state, &plan, &config)

	done, err := r.apply(ctx, client, id, before.HandlerID.ValueInt64(), change)
	if done.sent {
		r.provider.Listing.Wrote(id)
	}
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, r.fields())
		return
	}
	noteFinished(ctx, resp.Private, &resp.Diagnostics)
	if done.sent {
		found, err := r.read(ctx, client, id, before.HandlerID.ValueInt64(), done.seen)
		if err != nil {
			tf.AddWarning(&resp.Diagnostics, "Reading "+before.label()+" back", err, "The update itself succeeded. The next refresh reads the rest.")
		} else {
			found.source = found.source.WithWriteOnlyKeys(done.saved)
			resp.Diagnostics.Append(r.fromAPI(&plan, found)...)
		}
	}
	read := tf.SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	tf.RefuseNotApplied(attempted, "", req, read, resp)
}

// Delete does what on_destroy says.
func (r *Resource[M]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	common := r.d.Common(&state)
	id := common.ID.ValueInt64()
	attempted := "Destroying " + common.label()
	client := r.provider.RequireClient(attempted, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || refuseProtected(common, r.provider.Defaults, &resp.Diagnostics) {
		return
	}
	policy := common.onDestroy(r.provider.Defaults)
	if policy == OnDestroyAbandon || r.provider.RefuseOtherTenant(ctx, req.Private, attempted, &resp.Diagnostics) {
		return
	}
	r.protect(client, &state)
	ctx, cancel := bound(ctx, "delete", common.Timeouts.Delete, deleteTimeout, &resp.Diagnostics)
	defer cancel()
	r.provider.Listing.Wrote(id)
	if policy == OnDestroyDisable {
		_, err := client.DisableSource(ctx, id)
		if immuta.IsNotFound(err) {
			err = client.ConfirmSourceGone(ctx, id, err)
		}
		if err != nil {
			tf.AddError(&resp.Diagnostics, attempted, err, r.fields())
		}
		return
	}
	warning, err := client.DeleteSource(ctx, id)
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, r.fields())
	}
	if warning != "" {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Immuta could not clean up behind data source %d", id),
			fmt.Sprintf("%s: Immuta says of the remote system: %s", attempted, warning))
	}
}

// protect adds the secrets of models to those that no message shows, whether they are sent in this run or not.
func (r *Resource[M]) protect(client *immuta.Client, models ...*M) {
	if r.d.Secrets == nil {
		return
	}
	for _, m := range models {
		client.Protect(r.d.Secrets(m)...)
	}
}

// bound bounds an operation by the timeout that choose reads from the timeouts attribute.
func bound(ctx context.Context, operation string, choose func(context.Context, time.Duration) (time.Duration, diag.Diagnostics), fallback time.Duration, diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	limit, more := choose(ctx, fallback)
	diags.Append(more...)
	return tf.WithTimeout(ctx, operation, limit)
}

func quoted(name types.String) string { return fmt.Sprintf("%q", name.ValueString()) }
