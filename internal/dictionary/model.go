package dictionary

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

type model struct {
	tf.OperationTimeouts

	ID           types.String `tfsdk:"id"`
	DataSourceID types.Int64  `tfsdk:"data_source_id"`
	Columns      types.Map    `tfsdk:"columns"`
	Exclusive    types.Bool   `tfsdk:"exclusive"`
	OnDestroy    types.String `tfsdk:"on_destroy"`
	Types        types.List   `tfsdk:"types"`
	CreatedAt    types.String `tfsdk:"created_at"`
	UpdatedAt    types.String `tfsdk:"updated_at"`
}

// column is what stands under a column's name.
type column struct {
	DataType     types.String
	RemoteType   types.String
	Nullable     types.Bool
	RemoteColumn types.String
	Description  types.String
	Tags         types.Set
}

var (
	tagType    = types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, "source": types.StringType}}
	columnType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"data_type": types.StringType, "remote_type": types.StringType, "nullable": types.BoolType,
		"remote_column": types.StringType, "description": types.StringType, "tags": types.SetType{ElemType: tagType},
	}}
)

func (m model) what() string { return fmt.Sprintf("data source %d", m.DataSourceID.ValueInt64()) }

func (m model) exclusive() bool { return m.Exclusive.ValueBool() }

// names are the names of the columns, sorted.
func (m model) names() []string { return slices.Sorted(maps.Keys(m.Columns.Elements())) }

// columns are the columns by name. One that is unknown as a whole has null attributes.
func (m model) columns() map[string]column {
	columns := map[string]column{}
	for name, element := range m.Columns.Elements() {
		object, _ := element.(types.Object)
		columns[name] = columnOf(object)
	}
	return columns
}

func columnOf(o types.Object) column {
	return column{
		DataType:     tf.Attribute[types.String](o, "data_type"),
		RemoteType:   tf.Attribute[types.String](o, "remote_type"),
		Nullable:     tf.Attribute[types.Bool](o, "nullable"),
		RemoteColumn: tf.Attribute[types.String](o, "remote_column"),
		Description:  tf.Attribute[types.String](o, "description"),
		Tags:         tf.Attribute[types.Set](o, "tags"),
	}
}

func (c column) attributes() map[string]attr.Value {
	return map[string]attr.Value{
		"data_type": c.DataType, "remote_type": c.RemoteType, "nullable": c.Nullable,
		"remote_column": c.RemoteColumn, "description": c.Description, "tags": c.Tags,
	}
}

func (c column) object() types.Object {
	return types.ObjectValueMust(columnType.AttrTypes, c.attributes())
}

func (c column) tagKeys() []immuta.TagKey {
	return tf.Each(tf.Objects(c.Tags), func(o types.Object) immuta.TagKey {
		name, source := tf.Attribute[types.String](o, "name"), tf.Attribute[types.String](o, "source")
		return immuta.Tag{Name: immuta.Text(name.ValueString()), Source: immuta.Text(source.ValueString())}.Key()
	})
}

func tagObject(name, source types.String) types.Object {
	return types.ObjectValueMust(tagType.AttrTypes, map[string]attr.Value{"name": name, "source": source})
}

// A change decides what the columns of a dictionary should be. The state tells which tags were managed before: those are taken off
// when they leave the configuration, and others are not.
type change struct {
	config, state model
	// sent are the columns that it decided on, in their order.
	sent []immuta.Column
}

// wanted lays the configuration over what Immuta has. New columns follow, sorted by name.
func (ch *change) wanted(current []immuta.Column) ([]immuta.Column, error) {
	configured, managed := ch.config.columns(), ch.state.columns()
	ch.sent = nil
	for _, c := range current {
		one, ours := configured[c.Name()]
		switch {
		case ours:
			ch.sent = append(ch.sent, one.toAPI(c.Clone(), managed[c.Name()]))
			delete(configured, c.Name())
		case !ch.config.exclusive():
			ch.sent = append(ch.sent, c)
		}
	}
	var untyped []string
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		one := configured[name]
		if len(one.missingTypes()) > 0 {
			untyped = append(untyped, name)
		}
		ch.sent = append(ch.sent, one.toAPI(immuta.NewColumn(name), column{}))
	}
	if len(untyped) > 0 {
		return nil, &unknownColumns{config: ch.config, names: untyped, there: tf.Each(current, immuta.Column.Name)}
	}
	return ch.sent, nil
}

// others are the columns of a dictionary that the model does not have.
func (m model) others(current []immuta.Column) ([]immuta.Column, error) {
	managed := m.columns()
	return slices.DeleteFunc(slices.Clone(current), func(c immuta.Column) bool {
		_, ours := managed[c.Name()]
		return ours
	}), nil
}

// toAPI lays a configured column over what Immuta has.
func (c column) toAPI(base immuta.Column, before column) immuta.Column {
	set := func(key string, v types.String) {
		if tf.Known(v) {
			base.Set(key, v.ValueString())
		}
	}
	set("dataType", c.DataType)
	set("remoteType", c.RemoteType)
	set("remoteColumn", c.RemoteColumn)
	set("description", c.Description)
	if tf.Known(c.Nullable) {
		base.Set("nullable", c.Nullable.ValueBool())
	}
	if !c.Tags.IsNull() {
		wanted := c.tagKeys()
		gone := slices.DeleteFunc(before.tagKeys(), func(key immuta.TagKey) bool { return slices.Contains(wanted, key) })
		base.ChangeTags(wanted, gone)
	}
	return base
}

// fromAPI takes over Immuta's answer: the columns that the model has, and the others too if it is exclusive, as drift. A model
// without columns is being imported: it takes everything.
func (m *model) fromAPI(d *immuta.Dictionary) {
	importing, prior := m.Columns.IsNull(), m.columns()
	columns := map[string]attr.Value{}
	for _, got := range d.Columns {
		c, ours := prior[got.Name()]
		switch {
		case ours:
			c.fromAPI(got)
		case (importing || m.exclusive()) && got.Name() != "":
			c = newColumn(got, importing)
		default:
			continue
		}
		columns[got.Name()] = c.object()
	}
	m.ID = types.StringValue(fmt.Sprint(d.ID))
	m.Columns = types.MapValueMust(columnType, columns)
	m.CreatedAt = tf.TextOrNull(string(d.CreatedAt))
	m.UpdatedAt = tf.TextOrNull(string(d.UpdatedAt))
	m.Types = typesOf(d)
}

func typesOf(d *immuta.Dictionary) types.List {
	return tf.StringList(tf.Each(d.Types, func(t immuta.Text) string { return string(t) }))
}

func (c *column) fromAPI(got immuta.Column) {
	c.DataType = tf.TextOrNull(got.Text("dataType").Get())
	c.RemoteType = tf.TextOrNull(got.Text("remoteType").Get())
	c.Nullable = tf.LenientBool(got.Nullable())
	c.RemoteColumn = clearable(c.RemoteColumn, got.Text("remoteColumn"))
	c.Description = clearable(c.Description, got.Text("description"))
	if c.Tags.IsNull() || c.Tags.IsUnknown() {
		c.Tags = types.SetNull(tagType)
		return
	}
	missing := immuta.MissingTags(got.Tags(), c.tagKeys())
	kept := []attr.Value{}
	for i, key := range c.tagKeys() {
		if !slices.Contains(missing, key) {
			kept = append(kept, c.Tags.Elements()[i])
		}
	}
	c.Tags = tf.DistinctSet(tagType, kept)
}

// newColumn is a column that the model did not have. An import takes its curated tags along, so that a configuration which
// names them finds them in the state.
func newColumn(got immuta.Column, withTags bool) column {
	c := column{Tags: types.SetNull(tagType)}
	c.fromAPI(got)
	var curated []attr.Value
	for _, t := range got.Tags() {
		if key := t.Key(); withTags && !bool(t.Deleted) && key.Source == immuta.CuratedSource {
			curated = append(curated, tagObject(types.StringValue(key.Name), types.StringValue(key.Source)))
		}
	}
	if len(curated) > 0 {
		c.Tags = tf.DistinctSet(tagType, curated)
	}
	return c
}

// clearable reads a text that "" clears: null and "" mean the same, and the prior spelling of that stays.
func clearable(prior types.String, got immuta.Lenient[string]) types.String {
	if got.Get() != "" {
		return types.StringValue(got.Get())
	}
	if prior.IsUnknown() || prior.ValueString() != "" {
		return types.StringNull()
	}
	return prior
}
