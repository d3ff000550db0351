package handler

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

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
	r.SetIdentity(ctx, &req.State, resp.Identity, &resp.Diagnostics)
	attempted := "Updating " + before.label()
	client, ctx, cancel := r.BeginChange(ctx, req, attempted, &resp.Diagnostics)
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
	r.refuseOtherData(ctx, req.Private, &state, &plan, &resp.Diagnostics)
	if change.handler != nil {
		resp.Diagnostics.Append(r.requireSecrets(&config, change.handler)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r.protect(client, &state, &plan, &config)

	done, err := r.apply(ctx, client, id, before.HandlerID.ValueInt64(), change)
	if done.sent {
		r.Listing.Wrote(id)
	}
	if err != nil {
		r.addError(&resp.Diagnostics, attempted, err)
		return
	}
	noteFinished(ctx, resp.Private, &resp.Diagnostics)
	r.noteRemote(ctx, resp.Private, &plan, &resp.Diagnostics)
	if done.sent {
		found, err := r.read(ctx, client, id, before.HandlerID.ValueInt64(), done.seen)
		if err != nil {
			tf.AddWarning(&resp.Diagnostics, "Reading "+before.label()+" back", explain(err),
				"The update itself succeeded. The next refresh reads the rest.")
		} else {
			found.source = found.source.WithWriteOnlyKeys(done.saved)
			resp.Diagnostics.Append(r.fromAPI(&plan, found)...)
		}
	}
	read := tf.SaveResolved(ctx, req.Plan, &plan, &resp.State, &resp.Diagnostics)
	tf.RefuseNotApplied(attempted, "", req, read, resp)
}

// change is what has to be sent to bring a source from one state to another.
type change struct {
	settings immuta.Settings
	handler  *MetadataPatch
	restore  bool
	disable  bool
}

// change compares two models. A nil state stands for a source of which nothing is known: all that is configured is sent.
func (r *Resource[M]) change(state, plan, config *M) (change, diag.Diagnostics) {
	var c change
	var diags diag.Diagnostics
	after := r.d.Common(plan)
	if state == nil {
		c.settings = r.settings(config)
	} else {
		before := r.d.Common(state)
		c.settings = changedSettings(r.settings(state), r.settings(plan))
		c.restore = before.wantsDisabled() && !after.wantsDisabled()
		c.disable = !before.wantsDisabled() && after.wantsDisabled()
	}
	if r.d.PatchMetadata != nil {
		c.handler, diags = r.d.PatchMetadata(state, plan, config)
	}
	return c, diags
}

// settings are all keys of the source's settings that m has a value for.
func (r *Resource[M]) settings(m *M) immuta.Settings {
	settings, _, _ := sendAll(r.d.Values(m, answer{}))
	return settings
}

// changedSettings are the keys of after that before has not, or has otherwise.
func changedSettings(before, after immuta.Settings) immuta.Settings {
	changed := immuta.Settings{}
	for key, value := range after {
		if old, ok := before[key]; !ok || !reflect.DeepEqual(old, value) {
			changed[key] = value
		}
	}
	return changed
}

// outcome is how far a change was sent.
type outcome struct {
	// sent says that anything was.
	sent bool
	// saved is what Immuta said that it saved.
	saved immuta.Source
	// seen is the source, if it has been seen after the last write.
	seen *immuta.Source
}

// apply sends a change. A source that is to be restored is restored first and one that is to be disabled is disabled last,
// so that the rest always meets an enabled source where there is one. The settings come after the handler: what stands in
// both is read from the settings, so wherever this stops, even without a chance to note it, a refresh shows what is missing.
func (r *Resource[M]) apply(ctx context.Context, client *immuta.Client, id, handlerID int64, c change) (outcome, error) {
	var out outcome
	var err error
	if c.restore {
		out.sent = true
		if err := client.RestoreSource(ctx, id); err != nil {
			return out, err
		}
	}
	if c.handler != nil {
		out.sent = true
		if err := r.replaceHandler(ctx, client, id, handlerID, c.handler); err != nil {
			return out, err
		}
	}
	if len(c.settings) > 0 {
		out.sent = true
		if out.saved, err = client.UpdateSource(ctx, id, c.settings); err != nil {
			return out, err
		}
	}
	if c.disable {
		out.sent = true
		if out.seen, err = client.DisableSource(ctx, id); err != nil {
			return out, err
		}
	}
	return out, nil
}

// replaceHandler writes the handler's metadata as a whole, because the API knows no other way: what Immuta has now, with
// the change laid over it, so that keys which the provider does not know survive.
func (r *Resource[M]) replaceHandler(ctx context.Context, client *immuta.Client, id, handlerID int64, c *MetadataPatch) error {
	ref := immuta.HandlerRef{Prefix: r.d.Technology.Prefix, ID: handlerID}
	if handlerID == 0 {
		source, err := client.Source(ctx, id)
		if err != nil {
			return err
		}
		if ref, err = r.handlerOf(source, ref); err != nil {
			return err
		}
	}
	current, err := client.Handler(ctx, ref)
	if err != nil {
		return err
	}
	return client.ReplaceHandler(ctx, ref, c.apply(current.Metadata), current.ConnectionString.Get())
}

// A change of several requests can stop half-way, and not all of what is missing shows in Immuta's answers: the name stands
// in the source and in its handler but is read from the source, and secrets and columns are never read. Private state notes
// such a source, so that the next plan sends the whole configuration again.

const unfinishedKey = "unfinished"

func noteUnfinished(ctx context.Context, private tf.PrivateWriter, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, unfinishedKey, []byte("true"))...)
}

func noteFinished(ctx context.Context, private tf.PrivateWriter, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, unfinishedKey, nil)...)
}

func isUnfinished(ctx context.Context, private tf.PrivateReader) bool {
	value, _ := private.GetKey(ctx, unfinishedKey)
	return len(value) > 0
}
