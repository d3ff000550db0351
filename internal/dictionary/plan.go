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

// ModifyPlan completes the columns of a plan with what is known of them. It refuses a new column without types, and says which columns
// an exclusive dictionary loses. It reads the dictionary only where the state does not tell.
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
	before := knowledge{columns: state.columns(), whole: state.exclusive()}
	if before.needs(config, plan) {
		found := d.look(ctx, req, plan, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		before.learn(found)
		if found != nil {
			plan.ID, plan.CreatedAt = types.StringValue(fmt.Sprint(found.ID)), tf.TextOrNull(string(found.CreatedAt))
			plan.Types = typesOf(found)
		}
	}
	before.check(config, plan, &resp.Diagnostics)
	plan.Columns = config.planColumns(before)
	written, retyped := plan.writes(before)
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

// knowledge is what a plan knows of a dictionary.
type knowledge struct {
	columns map[string]column
	// whole says that the dictionary has no other columns.
	whole bool
	// names are the columns in Immuta's order, if it was read.
	names []string
}

// learn adds a dictionary that was read. What the state says of a column stays: its tags are those that are managed. A description that
// is not managed stays open, because people may edit it before the apply, and Terraform insists on what was planned.
func (k *knowledge) learn(d *immuta.Dictionary) {
	if d == nil {
		return
	}
	there := map[string]column{}
	for _, got := range d.Columns {
		c, known := k.columns[got.Name()]
		if !known {
			c = newColumn(got, false)
			c.Description = types.StringUnknown()
		}
		there[got.Name()] = c
	}
	k.columns, k.whole, k.names = there, true, d.Names()
}

// needs tells whether a plan has to read the dictionary: to say which columns go, or whether one that has no types exists.
func (k knowledge) needs(config, plan model) bool {
	return !k.whole && (plan.exclusive() && !plan.Columns.IsUnknown() || len(config.untyped(k.columns)) > 0)
}

// look reads the dictionary of a plan. It is nil where it cannot be read yet, or where there is none: then the apply tells.
func (d *dictionary) look(ctx context.Context, req resource.ModifyPlanRequest, plan model, diags *diag.Diagnostics) *immuta.Dictionary {
	if d.Provider == nil || d.Client == nil || plan.DataSourceID.IsUnknown() {
		return nil
	}
	if !req.State.Raw.IsNull() && !d.IsSameTenant(ctx, req.Private) {
		return nil
	}
	ctx, cancel := tf.BoundPlan(ctx)
	defer cancel()
	found, err := d.Client.Dictionary(ctx, plan.DataSourceID.ValueInt64())
	if err != nil && !immuta.IsNotFound(err) {
		tf.AddError(diags, "Planning the dictionary of "+plan.what(), tf.Blame("data_source_id", err), nil)
	}
	return found
}

// check refuses what the dictionary is known to lack, and warns of what it would lose.
func (k knowledge) check(config, plan model, diags *diag.Diagnostics) {
	if !k.whole {
		return
	}
	if names := config.untyped(k.columns); len(names) > 0 {
		(&unknownColumns{config: config, names: names, there: k.inOrder()}).report(diags)
		return
	}
	if lost := k.lost(plan); len(lost) > 0 {
		// The data source is in the summary, because Terraform folds warnings of the same one.
		diags.AddAttributeWarning(path.Root("columns"), fmt.Sprintf("The dictionary of %s will lose columns", plan.what()),
			fmt.Sprintf("With exclusive = true the dictionary has exactly the columns of the configuration. This removes %d from it, with their "+
				"descriptions and tags: %s. To keep them, list them in columns, or set exclusive = false.",
				len(lost), immuta.JoinColumns(lost)))
	}
}

func (k knowledge) inOrder() []string {
	if k.names != nil {
		return k.names
	}
	return slices.Sorted(maps.Keys(k.columns))
}

// lost are the columns that a plan removes.
func (k knowledge) lost(plan model) []string {
	if !plan.exclusive() || plan.Columns.IsUnknown() {
		return nil
	}
	planned := plan.Columns.Elements()
	return slices.DeleteFunc(slices.Clone(k.inOrder()), func(name string) bool {
		_, stays := planned[name]
		return stays
	})
}

// untyped are the configured columns, sorted, that are not there and have no types to be added with.
func (m model) untyped(there map[string]column) []string {
	elements := m.Columns.Elements()
	return slices.DeleteFunc(m.names(), func(name string) bool {
		_, known := there[name]
		object, _ := elements[name].(types.Object)
		return known || object.IsUnknown() || len(columnOf(object).missingTypes()) == 0
	})
}

// planColumns completes the configured columns with what is known of the columns of the same name.
func (m model) planColumns(before knowledge) types.Map {
	if m.Columns.IsUnknown() {
		return m.Columns
	}
	planned := map[string]attr.Value{}
	for name, element := range m.Columns.Elements() {
		object, _ := element.(types.Object)
		if planned[name] = element; object.IsUnknown() {
			continue
		}
		prior, known := before.columns[name]
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
func (m model) writes(before knowledge) (written, retyped bool) {
	if m.Columns.IsUnknown() || m.Exclusive.IsUnknown() || m.exclusive() && !before.whole || len(before.lost(m)) > 0 {
		return true, true
	}
	for name, element := range m.Columns.Elements() {
		prior, known := before.columns[name]
		if known && element.Equal(prior.object()) {
			continue
		}
		object, _ := element.(types.Object)
		written = true
		retyped = retyped || !known || !columnOf(object).DataType.Equal(prior.DataType)
	}
	return written, retyped
}
