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
	resp.Diagnostics.Append(r.requireSecrets(&config, nil)...)
	if resp.Diagnostics.HasError() {
		return
	}

	if r.d.PlanCreate != nil {
		r.d.PlanCreate(&config, &config)
	}
	r.protect(client, &config)
	create := &creation[M]{r, client, attempted, &config, &resp.Diagnostics}
	registered := create.register(ctx)
	if registered == nil {
		return
	}
	r.Listing.Wrote(registered.id)
	common.ID = types.Int64Value(registered.id)
	if registered.ref.ID != 0 {
		common.HandlerID = types.Int64Value(registered.ref.ID)
	}
	r.SaveCreated(ctx, req, resp, &plan, "")
	r.noteRemote(ctx, resp.Private, &plan, &resp.Diagnostics)

	found := create.complete(ctx, registered, &plan, resp.Private)
	if found == nil {
		return
	}
	if name := string(found.source.Name); !registered.adopted && !sameName(name, common.Name.ValueString()) {
		// The state may not keep what is somebody else's, and an error beside a state would destroy it.
		resp.State.RemoveResource(ctx)
		create.refuseOtherAnswer(registered.id, name, common.Name.ValueString())
		return
	}
	resp.Diagnostics.Append(r.fromAPI(&plan, found)...)
	read := r.SaveCreated(ctx, req, resp, &plan, found.source.Birth())
	tf.WarnNotApplied(fmt.Sprintf("Data source %d was created", registered.id), req, read, &resp.Diagnostics)
}

// creation is one create under way: what every step of it needs.
type creation[M any] struct {
	*Resource[M]
	client    *immuta.Client
	attempted string
	// config holds the write-only secrets, and the names that derive from others.
	config *M
	diags  *diag.Diagnostics
}

// registered is a source that Immuta has, whether this create made it or brought it back.
type registered struct {
	id  int64
	ref immuta.HandlerRef
	// adopted says that the source was there before: all of the configuration has still to be sent.
	adopted bool
}

// register makes sure that Immuta has the source, with one POST unless something goes wrong. It returns nil after an error.
func (c *creation[M]) register(ctx context.Context) *registered {
	body, more := c.d.CreateBody(c.config)
	c.diags.Append(more...)
	if c.diags.HasError() {
		return nil
	}
	sent := time.Now()
	created, err := c.client.CreateSource(ctx, c.d.Technology.Prefix, body)
	switch {
	case err == nil:
		for _, warning := range created.Warnings {
			c.diags.AddWarning("Immuta warns about the data source "+quoted(c.d.Common(c.config).Name), warning)
		}
		return &registered{id: created.DataSourceID, ref: immuta.HandlerRef{Prefix: c.d.Technology.Prefix, ID: created.HandlerID}}
	case immuta.IsTaken(err):
		return c.resolveTaken(ctx, err)
	case immuta.IsUncertain(err):
		return c.resolveUncertain(ctx, err, sent)
	default:
		c.addError(c.diags, c.attempted, err)
		return nil
	}
}

// resolveUncertain finds out whether a create without an answer to trust took effect. The look-up has a context of its own,
// since the operation's may have just ended, and is made even where no retries are wanted.
func (c *creation[M]) resolveUncertain(ctx context.Context, cause error, sent time.Time) *registered {
	look, cancel := immuta.LookupContext(ctx)
	defer cancel()
	name := c.d.Common(c.config).Name.ValueString()
	source, ours, err := c.client.LookUpCreated(look, name, sent)
	if err == nil && (bool(source.Deleted) || !ours) {
		return c.resolveFound(ctx, source, path.Root("name"))
	}
	switch {
	case immuta.IsNotFound(err):
		c.addError(c.diags, c.attempted, cause)
		return nil
	case err != nil:
		c.addError(c.diags, c.attempted, cause)
		c.diags.AddAttributeWarning(path.Root("name"), fmt.Sprintf("Whether the data source was created is not known: %q", name),
			fmt.Sprintf("Looking it up failed too: %v\n\nBefore you apply again, look in Immuta for a data source named %q. "+
				"If it is there and yours, import it:%s", err, name, c.importAdvice("name:"+name)))
		return nil
	}
	found, err := c.fetchIfSameRemote(look, source)
	if err != nil {
		id := int64(source.ID)
		c.addError(c.diags, c.attempted, cause)
		c.diags.AddAttributeWarning(path.Root("name"), fmt.Sprintf("Data source %d may be the one that was to be created", id),
			fmt.Sprintf("Immuta has data source %d named %q, registered since, but not all of it could be read: %v\n\n"+
				"Before you apply again, look at it in Immuta. If it is yours, import it:%s", id, name, err, c.importAdvice(fmt.Sprint(id))))
		return nil
	}
	if found == nil {
		return c.refuseTaken(source, path.Root("name"))
	}
	return &registered{id: int64(source.ID), ref: found.ref}
}

// fetchIfSameRemote reads the rest of a source that was found, and returns nil when it stands for another remote object than the
// configuration.
func (c *creation[M]) fetchIfSameRemote(ctx context.Context, source *immuta.Source) (*fetched, error) {
	found, err := c.read(ctx, c.client, int64(source.ID), 0, source)
	if _, other := errors.AsType[*otherTechnologyError](err); other {
		return nil, nil
	}
	if err != nil || !c.d.SameRemote(c.config, found.handler) {
		return nil, err
	}
	return found, nil
}

// resolveTaken deals with a refusal because the name or the table is registered already.
func (c *creation[M]) resolveTaken(ctx context.Context, cause error) *registered {
	source, err := c.client.SourceByName(ctx, c.d.Common(c.config).Name.ValueString())
	if err == nil {
		return c.resolveFound(ctx, source, path.Root("name"))
	}
	if !immuta.IsNotFound(err) {
		c.addError(c.diags, c.attempted, cause)
		return nil
	}
	source, err = c.findRemote(ctx)
	if source == nil || err != nil {
		c.addError(c.diags, c.attempted, cause)
		return nil
	}
	return c.refuseTaken(source, c.d.RemotePath)
}

// findRemote searches for the source that stands for the same remote object under another name; nil when there is none.
func (c *creation[M]) findRemote(ctx context.Context) (*immuta.Source, error) {
	for row, err := range c.client.SearchSources(ctx, c.d.RemoteSearch(c.config)) {
		if err != nil {
			return nil, err
		}
		if c.d.OtherRemote != nil && c.d.OtherRemote(c.config, row) {
			continue
		}
		source, err := c.client.Source(ctx, int64(row.ID))
		if err != nil {
			return nil, err
		}
		// One that cannot be read is not found; the refusal that led here is reported anyway.
		if found, _ := c.fetchIfSameRemote(ctx, source); found != nil {
			return source, nil
		}
	}
	return nil, nil
}

// resolveFound restores a disabled source that stands for the same remote object, and refuses anything else: nothing live
// is ever adopted.
func (c *creation[M]) resolveFound(ctx context.Context, source *immuta.Source, at path.Path) *registered {
	if !bool(source.Deleted) {
		return c.refuseTaken(source, at)
	}
	id := int64(source.ID)
	found, err := c.fetchIfSameRemote(ctx, source)
	if err != nil {
		c.addError(c.diags, fmt.Sprintf("%s: reading the disabled data source %d of that name", c.attempted, id), err)
		return nil
	}
	if found == nil {
		return c.refuseTaken(source, at)
	}
	members := memberList(ctx, c.client, id) +
		" No answer tells whether another state does the same at this time: see to it that one state holds a source."
	if c.d.Common(c.config).wantsDisabled() {
		c.diags.AddAttributeWarning(at, fmt.Sprintf("A disabled data source was taken over: %d (%s)", id, string(source.Name)),
			fmt.Sprintf("Immuta had a disabled data source of this name for the same remote object: id %d. It stays disabled, and is brought to "+
				"the configuration. %s", id, members))
		return &registered{id: id, ref: found.ref, adopted: true}
	}
	if err := c.restore(ctx, id); err != nil {
		c.addError(c.diags, fmt.Sprintf("%s: restoring the disabled data source %d of that name", c.attempted, id), err)
		return nil
	}
	c.diags.AddAttributeWarning(at, fmt.Sprintf("A disabled data source was restored: %d (%s)", id, string(source.Name)),
		fmt.Sprintf("Immuta had a disabled data source of this name for the same remote object: id %d. It was restored and is brought to the "+
			"configuration. %s", id, members))
	return &registered{id: id, ref: found.ref, adopted: true}
}

// restore enables a source; when the answer is lost, looking tells.
func (c *creation[M]) restore(ctx context.Context, id int64) error {
	err := c.client.RestoreSource(ctx, id)
	if err == nil || !immuta.IsUncertain(err) {
		return err
	}
	ctx, cancel := immuta.LookupContext(ctx)
	defer cancel()
	if source, lookErr := c.client.Source(ctx, id); lookErr == nil && !bool(source.Deleted) {
		return nil
	}
	return err
}

// refuseTaken says what is in the way and how to manage that instead.
func (c *creation[M]) refuseTaken(source *immuta.Source, at path.Path) *registered {
	state := "live"
	if bool(source.Deleted) {
		state = "disabled"
	}
	c.diags.AddAttributeError(at, "The data source is there already",
		fmt.Sprintf("%s failed: Immuta has data source %d named %q (%s, %s) in its place. Names and tables are taken by disabled data sources "+
			"too. Nothing was changed.\n\n"+
			"Does the configuration declare the table twice? Then remove one of the two. Otherwise choose another name or table, delete that data "+
			"source in Immuta, or, to manage it, import it:%s",
			c.attempted, int64(source.ID), string(source.Name), string(source.Technology), state, c.importAdvice(fmt.Sprint(int64(source.ID)))))
	return nil
}

func (r *Resource[M]) importAdvice(id string) string { return tf.ImportAdvice(r.Type, id) }

// complete does what is left after the source is there: settings that a create does not carry, all of the configuration for
// a source that was adopted, disabling, and reading back. What does not work is a warning. It returns what was read, or nil.
func (c *creation[M]) complete(ctx context.Context, reg *registered, plan *M, private tf.PrivateWriter) *fetched {
	warn := func(attempted string, err error) {
		tf.AddWarning(c.diags, attempted, explain(err), fmt.Sprintf("Data source %d exists and is in the state. "+
			"The next plan shows what is missing, and the next apply repairs it.", reg.id))
	}
	todo := change{settings: c.settingsAfterCreate(c.config), disable: c.d.Common(c.config).wantsDisabled()}
	if reg.adopted {
		var more diag.Diagnostics
		todo, more = c.change(nil, plan, c.config)
		c.diags.Append(more...)
	}
	done, err := c.apply(ctx, c.client, reg.id, reg.ref.ID, todo)
	if err != nil {
		warn(fmt.Sprintf("Completing the new data source %d", reg.id), err)
		if reg.adopted {
			noteUnfinished(ctx, private, c.diags)
		}
	}
	found, err := c.read(ctx, c.client, reg.id, reg.ref.ID, done.seen)
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
func (c *creation[M]) refuseOtherAnswer(id int64, got, sent string) {
	c.diags.AddAttributeError(path.Root("name"), "The answer is about another data source",
		fmt.Sprintf("%s: the answer to it says that the new data source has the id %d, but data source %d is named %q. "+
			"It is not taken into the state.\n\n"+
			"A proxy or gateway may mix up answers. Look in Immuta for a data source named %q; if it is there and yours, import it:%s",
			c.attempted, id, id, got, sent, c.importAdvice("name:"+sent)))
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
