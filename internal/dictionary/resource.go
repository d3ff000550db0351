// Package dictionary manages the columns of Immuta's sources.
package dictionary

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ resource.ResourceWithModifyPlan     = (*dictionary)(nil)
	_ resource.ResourceWithValidateConfig = (*dictionary)(nil)
)

// What becomes of the columns when Terraform destroys the resource.
const (
	onDestroyKeep   = "keep"
	onDestroyDelete = "delete"
)

// NewResource is the resource immuta_data_dictionary.
func NewResource() resource.Resource { return newResource() }

func newResource() *dictionary {
	return &dictionary{tf.Resource[model]{Noun: tf.Noun[model]{
		Type:       "immuta_data_dictionary",
		Identity:   []tf.IdentityKey{tf.SourceKey()},
		Fields:     fields,
		Schema:     resourceSchema,
		Import:     tf.ImportSource(),
		What:       func(m *model) string { return "dictionary of " + m.what() },
		Creating:   func(m *model) string { return "Taking over the dictionary of " + m.what() },
		Create:     create,
		Read:       read,
		Changing:   func(m *model) string { return "Updating the dictionary of " + m.what() },
		Update:     update,
		Destroying: func(m *model) string { return "Deleting the dictionary of " + m.what() },
		Keeps:      func(m *model) bool { return m.OnDestroy.ValueString() != onDestroyDelete },
		Destroy:    destroy,
	}}}
}

type dictionary struct{ tf.Resource[model] }

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Manages columns that Immuta knows of a data source: their tags, descriptions and types. Immuta makes a " +
			"dictionary whenever a data source is registered; this resource takes over the columns that it names, or with `exclusive = true` " +
			"the whole dictionary.\n\n" +
			"`columns` of a data source is sent when that is registered, and never looked at again: with both on one data source, this resource " +
			"has the last word. Several of these resources may share a dictionary, as long as none is exclusive and no two name the same column.",
		Attributes: map[string]schema.Attribute{
			"id":             tf.KeptText("Id of the dictionary. Not the id of the data source."),
			"data_source_id": tf.SourceID("Changing it replaces the resource."),
			"columns": schema.MapNestedAttribute{
				MarkdownDescription: "The columns, by their names in Immuta, in which case matters. What a column does not say is left as Immuta has " +
					"it. Terraform drops keys that a column does not have, without an error: check how they are spelled. Drift is detected. " +
					"A column that leaves the map is no longer managed, and stays in Immuta as it is, with its tags; with `exclusive = true` it is " +
					"removed from the dictionary.",
				Required:     true,
				Validators:   []validator.Map{mapvalidator.KeysAre(stringvalidator.LengthAtLeast(1))},
				NestedObject: schema.NestedAttributeObject{Attributes: columnAttributes()},
			},
			"exclusive": schema.BoolAttribute{
				MarkdownDescription: "`false`: only these columns are touched, and others are neither changed nor drift. `true`: the dictionary has " +
					"exactly these columns; any other is drift and is removed, and a plan that removes columns lists them in a warning. " +
					"Default: `false`, also when it leaves the configuration.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"on_destroy": schema.StringAttribute{
				MarkdownDescription: "What a destroy does: `keep` leaves the dictionary as it is and only forgets it; `delete` deletes these " +
					"columns from it, or with `exclusive = true` the whole dictionary. What counts is the value that was applied last. " +
					"Default: `keep`, also when it leaves the configuration.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(onDestroyKeep),
				Validators: []validator.String{stringvalidator.OneOf(onDestroyKeep, onDestroyDelete)},
			},
			"types": schema.ListAttribute{
				MarkdownDescription: "The distinct data types among the columns of the dictionary, as Immuta lists them.",
				ElementType:         types.StringType,
				Computed:            true,
				PlanModifiers:       []planmodifier.List{listplanmodifier.UseStateForUnknown()},
			},
			"created_at": tf.KeptText("When the dictionary was made (RFC 3339, UTC)."),
			"updated_at": tf.KeptText("When the dictionary was last changed (RFC 3339, UTC)."),
		},
	}
}

func columnAttributes() map[string]schema.Attribute {
	const leftAlone = " Not configured, or no longer, it is left as Immuta has it."
	const required = leftAlone + " Required for a column that the dictionary does not have."
	text := []validator.String{stringvalidator.LengthAtLeast(1)}
	return map[string]schema.Attribute{
		"data_type": schema.StringAttribute{
			MarkdownDescription: "Immuta's type of the column: `text`, `integer`, `numeric(38,0)`, `date`, `json`, `timestamp with time zone` and " +
				"so on." + required,
			Optional: true, Computed: true, Validators: text,
		},
		"remote_type": schema.StringAttribute{
			MarkdownDescription: "The remote platform's own type, such as `number(38,0)`." + required,
			Optional:            true, Computed: true, Validators: text,
		},
		"nullable": schema.BoolAttribute{
			MarkdownDescription: "Whether the column may hold nulls." + leftAlone, Optional: true, Computed: true,
		},
		"remote_column": schema.StringAttribute{
			MarkdownDescription: "Name of the column in the remote platform." + leftAlone, Optional: true, Computed: true,
		},
		"description": schema.StringAttribute{
			MarkdownDescription: "What the column holds. `\"\"` clears it. Not every tenant keeps it." + leftAlone,
			Optional:            true, Computed: true,
		},
		"tags": schema.SetNestedAttribute{
			MarkdownDescription: "Tags of the column. Not configured, or no longer, all tags are left alone. Configured, it owns only the tags in " +
				"it: they are added, put back when they were removed outside of Terraform, and removed when they leave the set. Tags that " +
				"sensitive data discovery or other people added are never removed, and are no drift.",
			Optional: true, Computed: true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{
					MarkdownDescription: "Full name of the tag, such as `Sensitivity.High`. The tag must exist.", Required: true, Validators: text,
				},
				"source": schema.StringAttribute{
					MarkdownDescription: "Where the tag comes from. Default: `curated`, which is what people made in Immuta.",
					Optional:            true, Computed: true, Default: stringdefault.StaticString(immuta.CuratedSource), Validators: text,
				},
			}},
		},
	}
}

// ValidateConfig checks what no single attribute can.
func (d *dictionary) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	at := path.Root("columns")
	if tf.Known(config.Columns) && len(config.names()) == 0 && config.exclusive() {
		resp.Diagnostics.AddAttributeError(at, "An exclusive dictionary without columns",
			"columns is empty, and with exclusive = true that would remove every column of the dictionary. List the columns that it should have, "+
				"or set exclusive = false.")
	}
	elements, columns := config.Columns.Elements(), config.columns()
	for _, name := range config.names() {
		if elements[name].IsNull() {
			resp.Diagnostics.AddAttributeError(at.AtMapKey(name), "A column is null",
				fmt.Sprintf("%s: write {} for a column of which nothing is configured, or leave it out.", at.AtMapKey(name)))
		}
		columns[name].validateTags(at.AtMapKey(name).AtName("tags"), &resp.Diagnostics)
	}
}

// validateTags refuses a tag that is there twice: the second one would vanish from the plan, because its source may be left out.
func (c column) validateTags(at path.Path, diags *diag.Diagnostics) {
	seen := map[immuta.TagKey]bool{}
	for i, o := range tf.Objects(c.Tags) {
		if !tf.Known(tf.Attribute[types.String](o, "name")) || tf.Attribute[types.String](o, "source").IsUnknown() {
			continue
		}
		if key := c.tagKeys()[i]; seen[key] {
			diags.AddAttributeError(at, "A tag is there twice",
				fmt.Sprintf("%s: the tag %q from %s is listed more than once.", at, key.Name, key.Source))
		} else {
			seen[key] = true
		}
	}
}

func create(ctx context.Context, c *tf.Creation[model]) {
	wanted := &change{config: *c.Config}
	found, err := c.Client.ChangeDictionary(ctx, c.Plan.DataSourceID.ValueInt64(), wanted.wanted)
	if err != nil {
		wanted.addError(c.Attempted, err, c.Diags)
		return
	}
	c.Plan.fromAPI(found)
	c.Proof, c.Done = found.Birth(), "The dictionary of "+c.Plan.what()+" was taken over"
}

// addError says why the dictionary could not be changed.
func (ch *change) addError(attempted string, err error, diags *diag.Diagnostics) {
	unknown, ok := errors.AsType[*unknownColumns](err)
	switch {
	case ok && immuta.IsNotFound(err):
		tf.AddError(diags, attempted, tf.At("data_source_id", tf.Advise(err, "Check the id of the data source. If it exists and has no "+
			"dictionary, one is made: give the data_type and the remote_type of every column. "+tf.Misspelled)), nil)
	case ok:
		unknown.report(diags)
	default:
		tf.AddError(diags, attempted, tf.Blame("data_source_id", err), sentFields(ch.sent))
	}
}

func read(ctx context.Context, r *tf.Refresh, m *model) error {
	found, err := r.Client.Dictionary(ctx, m.DataSourceID.ValueInt64())
	if err != nil {
		return err
	}
	r.Proof = found.Birth()
	m.fromAPI(found)
	return nil
}

func update(ctx context.Context, c *tf.Change[model]) {
	if written, _ := c.Plan.writes(*c.State); !written {
		return
	}
	wanted := &change{config: *c.Config, state: *c.State}
	found, err := c.Client.ChangeDictionary(ctx, c.Plan.DataSourceID.ValueInt64(), wanted.wanted)
	if err != nil {
		wanted.addError(c.Attempted, err, c.Diags)
		return
	}
	c.Plan.fromAPI(found)
	c.Verify = true
}

// destroy deletes the whole dictionary, or the columns of it that are managed.
func destroy(ctx context.Context, client *immuta.Client, m *model) error {
	id := m.DataSourceID.ValueInt64()
	if m.exclusive() {
		return client.DeleteDictionary(ctx, id)
	}
	_, err := client.Dictionary(ctx, id)
	if immuta.IsNotFound(err) {
		return client.ConfirmPartGone(ctx, id, err)
	}
	if err == nil {
		_, err = client.ChangeDictionary(ctx, id, m.others)
	}
	return err
}
