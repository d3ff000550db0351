package handler

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// A source that is pointed at another table keeps its members, tags and policies, which were meant for the table that it stood for. So
// that is a decision of its own, except where it puts back what Terraform wrote last: then somebody else has moved the source.

// writtenKey is the key of private state that holds what Terraform wrote last, by the names of the attributes.
const writtenKey = "remote"

// noteRemote keeps in private state which data a source was last pointed at by Terraform.
func (r *Resource[M]) noteRemote(ctx context.Context, private tf.PrivateWriter, m *M, diags *diag.Diagnostics) {
	if r.d.Remote == nil {
		return
	}
	written := map[string]string{}
	for name, value := range r.d.Remote(m) {
		written[name] = value.ValueString()
	}
	text, err := json.Marshal(written)
	if err != nil {
		diags.AddError("The remote table cannot be kept", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, writtenKey, text)...)
}

// refuseOtherData refuses to point a source at other data without leave. What is not known yet is left for the apply.
func (r *Resource[M]) refuseOtherData(ctx context.Context, private tf.PrivateReader, state, plan *M, diags *diag.Diagnostics) {
	if r.d.Remote == nil || r.d.AllowsRemoteChange(plan).ValueBool() || r.d.AllowsRemoteChange(plan).IsUnknown() {
		return
	}
	var written map[string]string
	text, _ := private.GetKey(ctx, writtenKey)
	known := json.Unmarshal(text, &written) == nil
	before := map[string]types.String{}
	for name, value := range r.d.Remote(state) {
		before[name] = value
	}
	var at path.Path
	var changes []string
	for name, after := range r.d.Remote(plan) {
		same := strings.EqualFold(before[name].ValueString(), after.ValueString())
		putBack := known && strings.EqualFold(written[name], after.ValueString())
		if after.IsUnknown() || same || putBack {
			continue
		}
		if len(changes) == 0 {
			at = path.Root(name)
		}
		changes = append(changes, fmt.Sprintf("%s from %s to %s", name, orNothing(before[name]), orNothing(after)))
	}
	if len(changes) == 0 {
		return
	}
	label := r.d.Common(state).label()
	diags.AddAttributeError(at, "The data source would stand for other data",
		fmt.Sprintf("This changes %s of %s, which would keep its members, tags and policies over other data. Nothing was changed.\n\n"+
			"If it comes of an element that moved, as in a count over a list that lost or gained one: use for_each with a key that stays, such "+
			"as the table's name, and moved blocks for what exists. To register the other table, declare a source of its own. To point this one "+
			"there all the same, set allow_remote_change = true on it.", strings.Join(changes, " and "), label))
}

func orNothing(text types.String) string {
	if text.ValueString() == "" {
		return "nothing"
	}
	return text.String()
}
