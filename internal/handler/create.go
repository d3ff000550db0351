package handler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

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
	client, ctx, cancel := r.Begin(ctx, req, attempted, &resp.Diagnostics)
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
	r.Listing.Wrote(registered.id)
	common.ID = types.Int64Value(registered.id)
	if registered.ref.ID != 0 {
		common.HandlerID = types.Int64Value(registered.ref.ID)
	}
	tf.SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), registered.id)...)
	r.RememberTenant(ctx, resp.Private, "", &resp.Diagnostics)

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
	r.RememberTenant(ctx, resp.Private, found.source.Birth(), &resp.Diagnostics)
	read := tf.SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	tf.WarnNotApplied(fmt.Sprintf("Data source %d was created", registered.id), req, read, &resp.Diagnostics)
}

// registered is a source that Immuta has, whether this create made it or brought it back.
type registered struct {
	id  int64
	ref immuta.HandlerRef
	// adopted says that the source was there before: all of the configuration has still to be sent.
	adopted bool
}

// register makes sure that Immuta has the source, with one POST unless something goes wrong. It returns nil after an error.
func (r *Resource[M]) register(ctx context.Context, client *immuta.Client, attempted string, config *M, diags *diag.Diagnostics) *registered {
	body, more := r.d.CreateBody(config)
	diags.Append(more...)
	if diags.HasError() {
		return nil
	}
	sent := time.Now()
	created, err := client.CreateSource(ctx, r.d.Technology.Prefix, body)
	switch {
	case err == nil:
		for _, warning := range created.Warnings {
			diags.AddWarning("Immuta warns about the data source "+quoted(r.d.Common(config).Name), warning)
		}
		return &registered{id: created.DataSourceID, ref: immuta.HandlerRef{Prefix: r.d.Technology.Prefix, ID: created.HandlerID}}
	case immuta.IsTaken(err):
		return r.resolveTaken(ctx, client, attempted, err, config, diags)
	case immuta.IsUncertain(err):
		return r.resolveUncertain(ctx, client, attempted, err, sent, config, diags)
	default:
		tf.AddError(diags, attempted, err, r.Fields)
		return nil
	}
}

// resolveUncertain finds out whether a create without an answer to trust took effect. The look-up has a context of its own,
// since the operation's may have just ended, and is made even where no retries are wanted.
func (r *Resource[M]) resolveUncertain(ctx context.Context, client *immuta.Client, attempted string, cause error, sent time.Time, config *M, diags *diag.Diagnostics) *registered {
	look, cancel := immuta.LookupContext(ctx)
	defer cancel()
	name := r.d.Common(config).Name.ValueString()
	source, ours, err := client.LookUpCreated(look, name, sent)
	if err == nil && (bool(source.Deleted) || !ours) {
		return r.resolveFound(ctx, client, attempted, source, path.Root("name"), config, diags)
	}
	switch {
	case immuta.IsNotFound(err):
		tf.AddError(diags, attempted, cause, r.Fields)
		return nil
	case err != nil:
		tf.AddError(diags, attempted, cause, r.Fields)
		diags.AddAttributeWarning(path.Root("name"), fmt.Sprintf("Whether the data source was created is not known: %q", name),
			fmt.Sprintf("Looking it up failed too: %v\n\nBefore you apply again, look in Immuta for a data source named %q. If it is there and yours, import it: %s",
				err, name, r.importCommand("name:"+name)))
		return nil
	}
	found, err := r.fetchIfSameRemote(look, client, source, config)
	if err != nil {
		id := int64(source.ID)
		tf.AddError(diags, attempted, cause, r.Fields)
		diags.AddAttributeWarning(path.Root("name"), fmt.Sprintf("Data source %d may be the one that was to be created", id),
			fmt.Sprintf("Immuta has data source %d named %q, registered since, but not all of it could be read: %v\n\n"+
				"Before you apply again, look at it in Immuta. If it is yours, import it: %s", id, name, err, r.importCommand(fmt.Sprint(id))))
		return nil
	}
	if found == nil {
		return r.refuseTaken(attempted, source, path.Root("name"), diags)
	}
	return &registered{id: int64(source.ID), ref: found.ref}
}

// fetchIfSameRemote reads the rest of a source that was found, and returns nil when it stands for another remote object than the
// configuration.
func (r *Resource[M]) fetchIfSameRemote(ctx context.Context, client *immuta.Client, source *immuta.Source, config *M) (*fetched, error) {
	found, err := r.read(ctx, client, int64(source.ID), 0, source)
	if _, other := errors.AsType[*otherTechnologyError](err); other {
		return nil, nil
	}
	if err != nil || !r.d.SameRemote(config, found.handler) {
		return nil, err
	}
	return found, nil
}

// resolveTaken deals with a refusal because the name or the table is registered already.
func (r *Resource[M]) resolveTaken(ctx context.Context, client *immuta.Client, attempted string, cause error, config *M, diags *diag.Diagnostics) *registered {
	source, err := client.SourceByName(ctx, r.d.Common(config).Name.ValueString())
	if err == nil {
		return r.resolveFound(ctx, client, attempted, source, path.Root("name"), config, diags)
	}
	if !immuta.IsNotFound(err) {
		tf.AddError(diags, attempted, cause, r.Fields)
		return nil
	}
	source, err = r.findRemote(ctx, client, config)
	if source == nil || err != nil {
		tf.AddError(diags, attempted, cause, r.Fields)
		return nil
	}
	return r.refuseTaken(attempted, source, r.d.RemotePath, diags)
}

// findRemote searches for the source that stands for the same remote object under another name; nil when there is none.
func (r *Resource[M]) findRemote(ctx context.Context, client *immuta.Client, config *M) (*immuta.Source, error) {
	for row, err := range client.SearchSources(ctx, r.d.RemoteSearch(config)) {
		if err != nil {
			return nil, err
		}
		if r.d.OtherRemote != nil && r.d.OtherRemote(config, row) {
			continue
		}
		source, err := client.Source(ctx, int64(row.ID))
		if err != nil {
			return nil, err
		}
		// One that cannot be read is not found; the refusal that led here is reported anyway.
		if found, _ := r.fetchIfSameRemote(ctx, client, source, config); found != nil {
			return source, nil
		}
	}
	return nil, nil
}

// resolveFound restores a disabled source that stands for the same remote object, and refuses anything else: nothing live
// is ever adopted.
func (r *Resource[M]) resolveFound(ctx context.Context, client *immuta.Client, attempted string, source *immuta.Source, at path.Path, config *M, diags *diag.Diagnostics) *registered {
	if !bool(source.Deleted) {
		return r.refuseTaken(attempted, source, at, diags)
	}
	id := int64(source.ID)
	found, err := r.fetchIfSameRemote(ctx, client, source, config)
	if err != nil {
		tf.AddError(diags, fmt.Sprintf("%s: reading the disabled data source %d of that name", attempted, id), err, nil)
		return nil
	}
	if found == nil {
		return r.refuseTaken(attempted, source, at, diags)
	}
	members := memberList(ctx, client, id) + " No answer tells whether another state does the same at this time: see to it that one state holds a source."
	if r.d.Common(config).wantsDisabled() {
		diags.AddAttributeWarning(at, fmt.Sprintf("A disabled data source was taken over: %d (%s)", id, string(source.Name)),
			fmt.Sprintf("Immuta had a disabled data source of this name for the same remote object: id %d. It stays disabled, and is brought to the configuration. %s", id, members))
		return &registered{id: id, ref: found.ref, adopted: true}
	}
	if err := r.restore(ctx, client, id); err != nil {
		tf.AddError(diags, fmt.Sprintf("%s: restoring the disabled data source %d of that name", attempted, id), err, r.Fields)
		return nil
	}
	diags.AddAttributeWarning(at, fmt.Sprintf("A disabled data source was restored: %d (%s)", id, string(source.Name)),
		fmt.Sprintf("Immuta had a disabled data source of this name for the same remote object: id %d. It was restored and is brought to the configuration. %s", id, members))
	return &registered{id: id, ref: found.ref, adopted: true}
}

// restore enables a source; when the answer is lost, looking tells.
func (r *Resource[M]) restore(ctx context.Context, client *immuta.Client, id int64) error {
	err := client.RestoreSource(ctx, id)
	if err == nil || !immuta.IsUncertain(err) {
		return err
	}
	ctx, cancel := immuta.LookupContext(ctx)
	defer cancel()
	if source, lookErr := client.Source(ctx, id); lookErr == nil && !bool(source.Deleted) {
		return nil
	}
	return err
}

// refuseTaken says what is in the way and how to manage that instead.
func (r *Resource[M]) refuseTaken(attempted string, source *immuta.Source, at path.Path, diags *diag.Diagnostics) *registered {
	state := "live"
	if bool(source.Deleted) {
		state = "disabled"
	}
	diags.AddAttributeError(at, "The data source is there already",
		fmt.Sprintf("%s failed: Immuta has data source %d named %q (%s, %s) in its place. Nothing was changed.\n\n"+
			"To manage that one, import it: %s\nOtherwise choose another name or table, or delete it in Immuta.",
			attempted, int64(source.ID), string(source.Name), string(source.Technology), state, r.importCommand(fmt.Sprint(int64(source.ID)))))
	return nil
}

func (r *Resource[M]) importCommand(id string) string {
	return fmt.Sprintf("terraform import %s.<name> '%s'", r.d.Technology.ResourceType(), id)
}

// complete does what is left after the source is there: settings that a create does not carry, all of the configuration for
// a source that was adopted, disabling, and reading back. What does not work is a warning. It returns what was read, or nil.
func (r *Resource[M]) complete(ctx context.Context, client *immuta.Client, reg *registered, plan, config *M, private tf.PrivateWriter, diags *diag.Diagnostics) *fetched {
	warn := func(attempted string, err error) {
		tf.AddWarning(diags, attempted, err, fmt.Sprintf("Data source %d exists and is in the state. The next plan shows what is missing, and the next apply repairs it.", reg.id))
	}
	todo := change{settings: r.settingsAfterCreate(config), disable: r.d.Common(config).wantsDisabled()}
	if reg.adopted {
		var more diag.Diagnostics
		todo, more = r.change(nil, plan, config)
		diags.Append(more...)
	}
	done, err := r.apply(ctx, client, reg.id, reg.ref.ID, todo)
	if err != nil {
		warn(fmt.Sprintf("Completing the new data source %d", reg.id), err)
		if reg.adopted {
			noteUnfinished(ctx, private, diags)
		}
	}
	found, err := r.read(ctx, client, reg.id, reg.ref.ID, done.seen)
	if err != nil {
		warn(fmt.Sprintf("Reading the new data source %d back", reg.id), err)
		return nil
	}
	found.source = found.source.WithWriteOnlyKeys(done.saved)
	return found
}

// sameName tells whether a name that came back is the one that was sent. Whether Immuta minds the case is not known (L).
func sameName(got, sent string) bool {
	return strings.EqualFold(strings.TrimSpace(got), strings.TrimSpace(sent))
}

// refuseOtherAnswer says that the answer to a create was about another source.
func (r *Resource[M]) refuseOtherAnswer(attempted string, id int64, got, sent string, diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("name"), "The answer is about another data source",
		fmt.Sprintf("%s: the answer to it says that the new data source has the id %d, but data source %d is named %q. It is not taken into the state.\n\n"+
			"A proxy or gateway may mix up answers. Look in Immuta for a data source named %q; if it is there and yours, import it: %s",
			attempted, id, id, got, sent, r.importCommand("name:"+sent)))
}

// settingsAfterCreate are the configured settings that a create does not carry.
func (r *Resource[M]) settingsAfterCreate(config *M) immuta.Settings {
	all := r.settings(config)
	for key := range all {
		if !slices.Contains(r.d.SettingsAfterCreate, key) {
			delete(all, key)
		}
	}
	return all
}

// memberList names who gets access back with a restored source.
func memberList(ctx context.Context, client *immuta.Client, id int64) string {
	const limit = 50
	var names []string
	for member, err := range client.Members(ctx, id) {
		if err != nil {
			return fmt.Sprintf("Who its members are could not be read: %v", err)
		}
		if len(names) == limit {
			names = append(names, "and more")
			break
		}
		names = append(names, fmt.Sprintf("%s (%s)", member.Name, member.State))
	}
	if len(names) == 0 {
		return "It has no members."
	}
	return "These members come back with it: " + strings.Join(names, ", ") + "."
}
