package dictionary

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

type model struct {
	tf.OperationTimeouts

	ID           types.Int64  `tfsdk:"id"`
	DataSourceID types.Int64  `tfsdk:"data_source_id"`
	Columns      types.List   `tfsdk:"columns"`
	Exclusive    types.Bool   `tfsdk:"exclusive"`
	OnDestroy    types.String `tfsdk:"on_destroy"`
	Types        types.List   `tfsdk:"types"`
	CreatedAt    types.String `tfsdk:"created_at"`
	UpdatedAt    types.String `tfsdk:"updated_at"`
}

type column struct {
	Name         types.String
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
		"name": types.StringType, "data_type": types.StringType, "remote_type": types.StringType, "nullable": types.BoolType,
		"remote_column": types.StringType, "description": types.StringType, "tags": types.SetType{ElemType: tagType},
	}}
)

var fields = tf.Fields{"metadata": path.Root("columns")}

func columnAttributes() map[string]schema.Attribute {
	text := []validator.String{stringvalidator.LengthAtLeast(1)}
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{MarkdownDescription: "Name of the column.", Required: true, Validators: text},
		"data_type": schema.StringAttribute{
			MarkdownDescription: "Immuta's type of the column: `text`, `integer`, `numeric(38,0)`, `date`, `json`, `timestamp with time zone` and " +
				"so on.",
			Required: true, Validators: text,
		},
		"remote_type": schema.StringAttribute{
			MarkdownDescription: "The remote platform's own type, such as `number(38,0)`.", Required: true, Validators: text,
		},
		"nullable": schema.BoolAttribute{
			MarkdownDescription: "Whether the column may hold nulls. Left alone when it is not configured.", Optional: true, Computed: true,
		},
		"remote_column": schema.StringAttribute{
			MarkdownDescription: "Name of the column in the remote platform. Left alone when it is not configured.", Optional: true, Computed: true,
		},
		"description": schema.StringAttribute{
			MarkdownDescription: "What the column holds. `\"\"` clears it. Left alone when it is not configured. Not every tenant keeps it.",
			Optional:            true, Computed: true,
		},
		"tags": schema.SetNestedAttribute{
			MarkdownDescription: "Tags of the column. Not configured, all tags are left alone. Configured, it owns only the tags in it: they are " +
				"added, and removed when they leave the set. Tags that sensitive data discovery or other people added are never removed, and are no " +
				"drift.",
			Optional: true, Computed: true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{
					MarkdownDescription: "Full name of the tag, such as `Sensitivity.High`. The tag must exist.", Required: true, Validators: text,
				},
				"source": schema.StringAttribute{
					MarkdownDescription: "Where the tag comes from. Default: `curated`.", Optional: true, Validators: text,
				},
			}},
		},
	}
}

func (m model) what() string { return fmt.Sprintf("data source %d", m.DataSourceID.ValueInt64()) }

func (m model) exclusive() bool { return m.Exclusive.IsNull() || m.Exclusive.ValueBool() }

func (m model) list() []column { return tf.Each(tf.Objects(m.Columns), columnOf) }

func columnOf(o types.Object) column {
	return column{
		Name:         tf.Attribute[types.String](o, "name"),
		DataType:     tf.Attribute[types.String](o, "data_type"),
		RemoteType:   tf.Attribute[types.String](o, "remote_type"),
		Nullable:     tf.Attribute[types.Bool](o, "nullable"),
		RemoteColumn: tf.Attribute[types.String](o, "remote_column"),
		Description:  tf.Attribute[types.String](o, "description"),
		Tags:         tf.Attribute[types.Set](o, "tags"),
	}
}

func (m model) byName() map[string]column {
	columns := map[string]column{}
	for _, c := range m.list() {
		columns[c.Name.ValueString()] = c
	}
	return columns
}

func (c column) tagKeys() []immuta.TagKey {
	return tf.Each(tf.Objects(c.Tags), func(o types.Object) immuta.TagKey {
		name, source := tf.Attribute[types.String](o, "name"), tf.Attribute[types.String](o, "source")
		return immuta.Tag{Name: immuta.Text(name.ValueString()), Source: immuta.Text(source.ValueString())}.Key()
	})
}

// planColumns completes the configured columns with what the state knows of the columns of the same name, and tells whether
// that is the same as the state but for the order.
func (m model) planColumns(state model) (planned types.List, same bool) {
	if m.Columns.IsUnknown() {
		return m.Columns, false
	}
	before := state.byName()
	columns := m.list()
	same = len(columns) == len(before)
	for i := range columns {
		c := &columns[i]
		prior, known := before[c.Name.ValueString()]
		if !known || c.Name.IsUnknown() {
			prior = column{
				Nullable: types.BoolUnknown(), RemoteColumn: types.StringUnknown(), Description: types.StringUnknown(), Tags: types.SetNull(tagType),
			}
		}
		if c.Nullable.IsNull() {
			c.Nullable = prior.Nullable
		}
		if c.RemoteColumn.IsNull() {
			c.RemoteColumn = prior.RemoteColumn
		}
		if c.Description.IsNull() {
			c.Description = prior.Description
		}
		if c.Tags.IsNull() {
			c.Tags = prior.Tags
		}
		same = same && known && c.object().Equal(prior.object())
	}
	return columnList(columns), same
}

// wanted decides what the columns of a dictionary should be, given what they are. The state tells which columns and tags
// were managed before: those are taken away when they leave the configuration, and others are not.
func (m model) wanted(state model) func(current []immuta.Column) []immuta.Column {
	return func(current []immuta.Column) []immuta.Column {
		configured, managed := m.byName(), state.byName()
		there := map[string]immuta.Column{}
		var out []immuta.Column
		for _, c := range current {
			there[c.Name()] = c
			_, ours := configured[c.Name()]
			_, was := managed[c.Name()]
			if !ours && !m.exclusive() && !was {
				out = append(out, c)
			}
		}
		for _, c := range m.list() {
			base, ok := there[c.Name.ValueString()]
			if !ok {
				base = immuta.NewColumn(c.Name.ValueString())
			}
			out = append(out, c.toAPI(base.Clone(), managed[c.Name.ValueString()]))
		}
		return out
	}
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

// fromAPI takes over Immuta's answer. The columns keep the model's order; in an exclusive dictionary others follow as drift.
// A model without columns is being imported: it takes everything.
func (m *model) fromAPI(d *immuta.Dictionary) {
	importing := m.Columns.IsNull()
	there := map[string]immuta.Column{}
	for _, c := range d.Columns {
		there[c.Name()] = c
	}
	var columns []column
	for _, prior := range m.list() {
		name := prior.Name.ValueString()
		if c, ok := there[name]; ok {
			prior.fromAPI(c)
			columns = append(columns, prior)
			delete(there, name)
		}
	}
	for _, c := range d.Columns {
		if _, left := there[c.Name()]; left && (importing || m.exclusive()) {
			columns = append(columns, newColumn(c, importing))
		}
	}
	m.ID = types.Int64Value(int64(d.ID))
	m.Columns = columnList(columns)
	m.CreatedAt = tf.TextOrNull(string(d.CreatedAt))
	m.UpdatedAt = tf.TextOrNull(string(d.UpdatedAt))
	m.Types = tf.StringList(tf.Each(d.Types, func(t immuta.Text) string { return string(t) }))
}

func (c *column) fromAPI(got immuta.Column) {
	c.DataType = types.StringValue(got.Text("dataType").Get())
	c.RemoteType = types.StringValue(got.Text("remoteType").Get())
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
	c := column{Name: types.StringValue(got.Name()), Tags: types.SetNull(tagType)}
	c.fromAPI(got)
	var curated []attr.Value
	for _, t := range got.Tags() {
		if withTags && !bool(t.Deleted) && t.Key().Source == immuta.CuratedSource {
			curated = append(curated, tagObject(types.StringValue(string(t.Name)), types.StringNull()))
		}
	}
	if len(curated) > 0 {
		c.Tags = tf.DistinctSet(tagType, curated)
	}
	return c
}

func tagObject(name, source types.String) types.Object {
	return types.ObjectValueMust(tagType.AttrTypes, map[string]attr.Value{"name": name, "source": source})
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

func (c column) object() types.Object {
	return types.ObjectValueMust(columnType.AttrTypes, map[string]attr.Value{
		"name": c.Name, "data_type": c.DataType, "remote_type": c.RemoteType, "nullable": c.Nullable,
		"remote_column": c.RemoteColumn, "description": c.Description, "tags": c.Tags,
	})
}

func columnList(columns []column) types.List {
	return types.ListValueMust(columnType, tf.Each(columns, func(c column) attr.Value { return c.object() }))
}
