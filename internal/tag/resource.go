// Package tag manages the tags of Immuta's sources.
package tag

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ resource.ResourceWithModifyPlan     = (*tags)(nil)
	_ resource.ResourceWithValidateConfig = (*tags)(nil)
)

// What becomes of the tags when Terraform destroys the resource.
const (
	onDestroyRemove = "remove"
	onDestroyKeep   = "keep"
)

// NewResource is the resource immuta_data_source_tags.
func NewResource() resource.Resource {
	return &tags{tf.Resource[model]{Noun: tf.Noun[model]{
		Type:       "immuta_data_source_tags",
		Identity:   []tf.IdentityKey{tf.SourceKey()},
		Fields:     fields,
		Schema:     tagsSchema,
		Import:     tf.ImportSource(),
		What:       func(m *model) string { return "tags of " + m.what() },
		Creating:   func(m *model) string { return "Tagging " + m.what() },
		Create:     create,
		Read:       read,
		Update:     update,
		Destroying: func(m *model) string { return "Removing the tags of " + m.what() },
		Keeps:      func(m *model) bool { return m.OnDestroy.ValueString() == onDestroyKeep },
		Destroy:    remove,
	}}}
}

type tags struct{ tf.Resource[model] }

func tagsSchema() schema.Schema {
	text := []validator.String{stringvalidator.LengthAtLeast(1), tf.PathName()}
	return schema.Schema{
		MarkdownDescription: "Puts tags on a data source. It owns the tags that it names and no others: tags that sensitive data discovery, an " +
			"external catalog or other people put there are never removed, and are no drift. A tag that is there already is taken over, and " +
			"removed when it leaves the configuration.\n\n" +
			"Several of these resources may tag one data source, as long as no two name the same tag.",
		Attributes: map[string]schema.Attribute{
			"id":             tf.KeptText("The same as `data_source_id`, as a string."),
			"data_source_id": tf.SourceID("Changing it replaces the resource."),
			"tags": schema.SetNestedAttribute{
				MarkdownDescription: "The tags. Drift is detected: one that was removed outside of Terraform is put back. One that leaves the " +
					"set is removed from the data source.",
				Required: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name": schema.StringAttribute{
						MarkdownDescription: "Full name of the tag, such as `Sensitivity.High`. The tag must exist in Immuta.",
						Required:            true,
						Validators:          text,
					},
					"source": schema.StringAttribute{
						MarkdownDescription: "Where the tag comes from. Default: `curated`, which is what people made in Immuta.",
						Optional:            true,
						Computed:            true,
						Default:             stringdefault.StaticString(immuta.CuratedSource),
						Validators:          text,
					},
				}},
			},
			"on_destroy": schema.StringAttribute{
				MarkdownDescription: "What a destroy, or taking the resource out of the configuration, does: `remove` removes these tags from the " +
					"data source; `keep` leaves them there and only forgets them. What counts is the value that was applied last. " +
					"Default: `remove`, also when it leaves the configuration.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(onDestroyRemove),
				Validators: []validator.String{stringvalidator.OneOf(onDestroyRemove, onDestroyKeep)},
			},
		},
	}
}

// ValidateConfig refuses a name that is there twice: Immuta removes tags by name alone.
func (t *tags) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	seen := map[string]bool{}
	for _, one := range config.list() {
		name := one.Name.ValueString()
		if seen[name] && tf.Known(one.Name) {
			resp.Diagnostics.AddAttributeError(path.Root("tags"), "A tag is there twice", fmt.Sprintf("The tag %q is listed more than once.", name))
		}
		seen[name] = true
	}
}

// ModifyPlan plans the id of tags that are new.
func (t *tags) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || !req.State.Raw.IsNull() {
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), plan.id())...)
}

func create(ctx context.Context, c *tf.Creation[model]) {
	if err := c.Client.AddSourceTags(ctx, c.Plan.DataSourceID.ValueInt64(), c.Plan.keys()); err != nil {
		c.Plan.addError(ctx, c.Client, c.Attempted, err, c.Diags)
		return
	}
	c.Plan.ID = c.Plan.id()
}

func read(ctx context.Context, r *tf.Refresh, m *model) error {
	found, err := r.Client.SourceTags(ctx, m.DataSourceID.ValueInt64())
	if err == nil {
		m.fromAPI(found)
	}
	return err
}

// update adds before it removes, so that a tag which does not exist is refused before anything is changed. After a failure
// the state holds what has been done by then.
func update(ctx context.Context, c *tf.Change[model]) {
	done, err := c.State.become(ctx, c.Client, *c.Plan)
	if err != nil {
		c.Plan.addError(ctx, c.Client, c.Attempted, err, c.Diags)
		c.State.Tags = done
	}
}

func remove(ctx context.Context, client *immuta.Client, m *model) error {
	_, err := client.RemoveSourceTags(ctx, m.DataSourceID.ValueInt64(), m.keys())
	return err
}
