package dictionary

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// ModifyPlan completes the columns of a plan with what the state says of them. It refuses a new column without types, and says which
// columns an exclusive dictionary loses. It reads the dictionary only where the state does not tell.
func (d *dictionary) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var state, plan, config model
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || plan.replaces(state) {
		return
	}
	there := state.whole()
	if there == nil && config.needs(plan, state) {
		there = d.look(ctx, req, plan, &resp.Diagnostics)
	}
	if there != nil {
		config.check(plan, there, &resp.Diagnostics)
	}
	plan.Columns = config.planColumns(state)
	written, retyped := plan.writes(state)
	if written {
		plan.UpdatedAt = types.StringUnknown()
	}
	if retyped {
		plan.Types = types.ListUnknown(types.StringType)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// replaces tells whether the plan is another data source's than the state: then Terraform plans its creation next.
func (m model) replaces(state model) bool {
	return !state.DataSourceID.IsNull() && !m.DataSourceID.Equal(state.DataSourceID)
}

// whole are the names of all columns of the dictionary, sorted; nil if the model does not have them all.
func (m model) whole() []string {
	if !m.exclusive() {
		return nil
	}
	return m.names()
}

// needs tells whether a plan has to read a dictionary of which the state tells a part: to say which columns go, or whether one that has
// no types exists.
func (m model) needs(plan, state model) bool {
	return plan.exclusive() && !plan.Columns.IsUnknown() || len(m.untyped(state.names())) > 0
}

// look reads which columns a dictionary has. They are nil where it cannot be read yet, or where there is none: then the apply tells.
// Nothing else of the answer goes into the plan: by the apply it may have changed, even by what is applied before, and Terraform insists
// on what was planned.
func (d *dictionary) look(ctx context.Context, req resource.ModifyPlanRequest, plan model, diags *diag.Diagnostics) []string {
	if d.Provider == nil || d.Client == nil || plan.DataSourceID.IsUnknown() {
		return nil
	}
	if !req.State.Raw.IsNull() && !d.IsSameTenant(ctx, req.Private) {
		return nil
	}
	ctx, cancel := tf.BoundPlan(ctx)
	defer cancel()
	found, err := d.Client.Dictionary(ctx, plan.DataSourceID.ValueInt64())
	if err == nil {
		return found.Names()
	}
	if !immuta.IsNotFound(err) {
		tf.AddError(diags, "Planning the dictionary of "+plan.what(), tf.Blame("data_source_id", err), nil)
	}
	return nil
}

// check refuses what the dictionary lacks, and warns of what it would lose. There are its columns.
func (m model) check(plan model, there []string, diags *diag.Diagnostics) {
	if names := m.untyped(there); len(names) > 0 {
		(&unknownColumns{config: m, names: names, there: there}).report(diags)
		return
	}
	if lost := plan.lost(there); len(lost) > 0 {
		// The data source is in the summary, because Terraform folds warnings of the same one.
		diags.AddAttributeWarning(path.Root("columns"), fmt.Sprintf("The dictionary of %s will lose columns", plan.what()),
			fmt.Sprintf("With exclusive = true the dictionary has exactly the columns of the configuration. This removes %d from it, with their "+
				"descriptions and tags: %s. To keep them, list them in columns, or set exclusive = false.",
				len(lost), immuta.JoinColumns(lost)))
	}
}

// lost are the columns of a dictionary that a plan removes.
func (m model) lost(there []string) []string {
	if !m.exclusive() || m.Columns.IsUnknown() {
		return nil
	}
	planned := m.Columns.Elements()
	return slices.DeleteFunc(slices.Clone(there), func(name string) bool {
		_, stays := planned[name]
		return stays
	})
}

// untyped are the configured columns, sorted, that are not there and have no types to be added with.
func (m model) untyped(there []string) []string {
	missing := m.Columns.Elements()
	for _, name := range there {
		delete(missing, name)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(missing)), func(name string) bool {
		object, _ := missing[name].(types.Object)
		return object.IsUnknown() || len(columnOf(object).missingTypes()) == 0
	})
}

// planColumns completes the configured columns with what the state says of the columns of the same name.
func (m model) planColumns(state model) types.Map {
	if m.Columns.IsUnknown() {
		return m.Columns
	}
	before, planned := state.columns(), map[string]attr.Value{}
	for name, element := range m.Columns.Elements() {
		object, _ := element.(types.Object)
		if planned[name] = element; object.IsUnknown() {
			continue
		}
		prior, known := before[name]
		if !known {
			prior = column{
				types.StringUnknown(), types.StringUnknown(), types.BoolUnknown(), types.StringUnknown(), types.StringUnknown(),
				types.SetNull(tagType),
			}
		}
		planned[name] = columnOf(object).over(prior).object()
	}
	return types.MapValueMust(columnType, planned)
}

// over completes a configured column: what it does not say stays as it was.
func (c column) over(prior column) column {
	return column{
		DataType:     orElse(c.DataType, prior.DataType),
		RemoteType:   orElse(c.RemoteType, prior.RemoteType),
		Nullable:     orElse(c.Nullable, prior.Nullable),
		RemoteColumn: orElse(c.RemoteColumn, prior.RemoteColumn),
		Description:  orElse(c.Description, prior.Description),
		Tags:         orElse(withSources(c.Tags), prior.Tags),
	}
}

func orElse[V attr.Value](configured, prior V) V {
	if configured.IsNull() {
		return prior
	}
	return configured
}

// withSources fills in the default of source. The framework's own are lost when the columns are planned from the configuration.
func withSources(tags types.Set) types.Set {
	if !tf.Known(tags) {
		return tags
	}
	return types.SetValueMust(tagType, tf.Each(tags.Elements(), func(element attr.Value) attr.Value {
		object, _ := element.(types.Object)
		source := tf.Attribute[types.String](object, "source")
		if !source.IsNull() {
			return element
		}
		return tagObject(tf.Attribute[types.String](object, "name"), types.StringValue(immuta.CuratedSource))
	}))
}

// writes tells whether a plan has anything written, and whether that may change the dictionary's data types.
func (m model) writes(state model) (written, retyped bool) {
	if m.Columns.IsUnknown() || m.Exclusive.IsUnknown() || m.exclusive() && !state.exclusive() || len(m.lost(state.names())) > 0 {
		return true, true
	}
	before := state.columns()
	for name, element := range m.Columns.Elements() {
		prior, known := before[name]
		if known && element.Equal(prior.object()) {
			continue
		}
		object, _ := element.(types.Object)
		written = true
		retyped = retyped || !known || !columnOf(object).DataType.Equal(prior.DataType)
	}
	return written, retyped
}
