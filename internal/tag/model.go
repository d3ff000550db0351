package tag

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

type model struct {
	tf.OperationTimeouts

	ID           types.String `tfsdk:"id"`
	DataSourceID types.Int64  `tfsdk:"data_source_id"`
	Tags         types.Set    `tfsdk:"tags"`
	OnDestroy    types.String `tfsdk:"on_destroy"`
}

type tag struct{ Name, Source types.String }

var tagType = types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, "source": types.StringType}}

var fields = tf.Fields{"name": path.Root("tags"), "tags": path.Root("tags")}

func (m model) what() string { return fmt.Sprintf("data source %d", m.DataSourceID.ValueInt64()) }

func (t tag) key() immuta.TagKey {
	return immuta.Tag{Name: immuta.Text(t.Name.ValueString()), Source: immuta.Text(t.Source.ValueString())}.Key()
}

func (m model) list() []tag {
	return tf.Each(tf.Objects(m.Tags), func(o types.Object) tag {
		return tag{Name: tf.Attribute[types.String](o, "name"), Source: tf.Attribute[types.String](o, "source")}
	})
}

func (m model) keys() []immuta.TagKey { return tf.Each(m.list(), tag.key) }

// id is the data source's, as a text: unknown as long as that is.
func (m model) id() types.String {
	if m.DataSourceID.IsUnknown() {
		return types.StringUnknown()
	}
	return types.StringValue(fmt.Sprint(m.DataSourceID.ValueInt64()))
}

// notIn are the tags that the other model does not have.
func (m model) notIn(other model) []immuta.TagKey {
	theirs := other.keys()
	return slices.DeleteFunc(m.keys(), func(key immuta.TagKey) bool { return slices.Contains(theirs, key) })
}

// become brings the tags of a source from the state to a plan, and returns those that the resource owns as far as it came.
func (m model) become(ctx context.Context, client *immuta.Client, plan model) (owned types.Set, err error) {
	id, list := m.DataSourceID.ValueInt64(), m.list()
	remove := func(keys []immuta.TagKey) error {
		removed, err := client.RemoveSourceTags(ctx, id, keys)
		list = slices.DeleteFunc(list, func(t tag) bool { return slices.Contains(removed, t.key()) })
		return err
	}
	add := plan.notIn(m)
	// Immuta removes by name alone, so a tag that gets another source has to go before it comes back.
	renewed, left := []immuta.TagKey{}, []immuta.TagKey{}
	for _, key := range m.notIn(plan) {
		if slices.ContainsFunc(add, func(added immuta.TagKey) bool { return added.Name == key.Name }) {
			renewed = append(renewed, key)
		} else {
			left = append(left, key)
		}
	}
	if err := remove(renewed); err != nil {
		return tagSet(list), err
	}
	if err := client.AddSourceTags(ctx, id, add); err != nil {
		return tagSet(list), err
	}
	for _, t := range plan.list() {
		if slices.Contains(add, t.key()) {
			list = append(list, t)
		}
	}
	err = remove(left)
	return tagSet(list), err
}

// fromAPI takes over Immuta's answer: the tags of the model that are still there. A model without tags is being imported: it
// takes the curated ones.
func (m *model) fromAPI(there []immuta.Tag) {
	m.ID = m.id()
	list := m.list()
	if m.Tags.IsNull() {
		for _, found := range there {
			if key := found.Key(); key.Source == immuta.CuratedSource && !bool(found.Deleted) {
				list = append(list, tag{Name: types.StringValue(key.Name), Source: types.StringValue(key.Source)})
			}
		}
	}
	m.Tags = tagSet(slices.DeleteFunc(list, func(t tag) bool { return len(immuta.MissingTags(there, []immuta.TagKey{t.key()})) > 0 }))
}

// addError says why the tags could not be changed. What is not found may be the data source or a tag.
func (m model) addError(ctx context.Context, client *immuta.Client, attempted string, err error, diags *diag.Diagnostics) {
	if immuta.IsNotFound(err) {
		at := "tags"
		if _, lookErr := client.SourceTags(ctx, m.DataSourceID.ValueInt64()); immuta.IsNotFound(lookErr) {
			at = "data_source_id"
		}
		err = tf.At(at, err)
	} else if immuta.StatusOf(err) == http.StatusBadRequest {
		err = tf.At("tags", err)
	}
	tf.AddError(diags, attempted, err, fields)
}

func tagSet(list []tag) types.Set {
	return tf.DistinctSet(tagType, tf.Each(list, func(t tag) attr.Value {
		return types.ObjectValueMust(tagType.AttrTypes, map[string]attr.Value{"name": t.Name, "source": t.Source})
	}))
}
