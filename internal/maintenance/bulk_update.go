package maintenance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewBulkUpdate is the action immuta_bulk_update_data_sources.
func NewBulkUpdate() action.Action {
	return tf.Action[bulkModel]{
		Name:   "immuta_bulk_update_data_sources",
		Schema: bulkSchema,
		Attempted: func(m *bulkModel) string {
			return fmt.Sprintf("Bulk operation %q on %s", m.Operation.ValueString(), count(idsIn(m.DataSourceIDs)))
		},
		Subject:    dataSourceIDs,
		Waiting:    func(m *bulkModel) *tf.Waiting { return &m.Waiting },
		Validators: []action.ConfigValidator{operationValidator{}},
		Plan:       planBulkUpdate,
		Run:        bulkUpdate,
	}.New()
}

type bulkModel struct {
	tf.Waiting

	Operation     types.String `tfsdk:"operation"`
	DataSourceIDs types.Set    `tfsdk:"data_source_ids"`
	Users         types.List   `tfsdk:"users"`
	Tags          types.List   `tfsdk:"tags"`
}

func bulkSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Does the same to several data sources at once. What it changes is not recorded in Terraform's state: data " +
			"sources, members and tags that Terraform manages show drift in the next plan, so use it for those that it does not.",
		Attributes: tf.WaitArguments(map[string]schema.Attribute{
			"operation": requiredText("What to do. `add-users` adds the `users` as members and `tags` adds the `tags`, besides those that are "+
				"there. `disable` hides the data sources from all but their owners, `restore` brings disabled ones back. `delete` deletes: whether "+
				"a live data source is only disabled by it is not documented, so what became of each is looked up and reported; "+
				"`deletion_protection` of resources does not hold it back.",
				stringvalidator.OneOf(
					immuta.BulkAddUsers, immuta.BulkDisable, immuta.BulkRestore, immuta.BulkDelete, immuta.BulkTags)),
			dataSourceIDs: sourceIDs("Ids of the data sources.", true),
			"users": schema.ListNestedAttribute{
				MarkdownDescription: "The members to add. Required with `add-users`, and not allowed with any other operation.",
				Optional:            true,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1)},
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"profile_id": requiredID("Id of the user's profile."),
					"role": requiredText("What the user may do: `subscribed`, `owner`, `expert` or `ingest`.",
						stringvalidator.OneOf("subscribed", "owner", "expert", "ingest")),
				}},
			},
			"tags": schema.ListNestedAttribute{
				MarkdownDescription: "The tags to add. Required with `tags`, and not allowed with any other operation.",
				Optional:            true,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1)},
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":   requiredText("Full name of the tag, such as `Team.Finance`. The tag has to exist."),
					"source": optionalText("Where the tag comes from. Default: `curated`."),
				}},
			},
		}),
	}
}

// operationValidator checks that an operation has the arguments that it needs, and no others.
type operationValidator struct{}

func (operationValidator) Description(context.Context) string {
	return "users and tags are given with the operation that needs them, and only with that"
}

func (v operationValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (operationValidator) ValidateAction(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var m bulkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || m.Operation.IsUnknown() {
		return
	}
	m.checkArguments(&resp.Diagnostics)
}

func (m *bulkModel) checkArguments(diags *diag.Diagnostics) {
	operation := m.Operation.ValueString()
	for name, argument := range map[string]struct {
		list      types.List
		operation string
	}{"users": {m.Users, immuta.BulkAddUsers}, "tags": {m.Tags, immuta.BulkTags}} {
		switch {
		case argument.operation == operation && argument.list.IsNull():
			diags.AddAttributeError(path.Root(name), "Missing "+name, fmt.Sprintf("The operation %q needs %s.", operation, name))
		case argument.operation != operation && !argument.list.IsNull():
			diags.AddAttributeError(path.Root(name), "Too many arguments",
				fmt.Sprintf("%s only means something with the operation %q, not with %q.", name, argument.operation, operation))
		}
	}
}

// planBulkUpdate says in the plan what cannot be undone.
func planBulkUpdate(m *bulkModel, diags *diag.Diagnostics) {
	if m.Operation.ValueString() == immuta.BulkDelete {
		which := "the data sources"
		if !m.DataSourceIDs.IsUnknown() {
			which = count(idsIn(m.DataSourceIDs))
		}
		diags.AddAttributeWarning(path.Root("operation"), "Data sources will be deleted",
			fmt.Sprintf("The action deletes %s. Whichever is disabled already is deleted for good: its members, tags and policies cannot be "+
				"brought back.",
				which))
	}
}

func (m *bulkModel) toAPI() immuta.BulkUpdate {
	update := immuta.BulkUpdate{Kind: m.Operation.ValueString(), SourceIDs: idsIn(m.DataSourceIDs)}
	for _, user := range tf.Objects(m.Users) {
		update.Users = append(update.Users, immuta.BulkUser{
			ProfileID: tf.Attribute[types.Int64](user, "profile_id").ValueInt64(),
			Role:      tf.Attribute[types.String](user, "role").ValueString(),
		})
	}
	for _, tag := range tf.Objects(m.Tags) {
		key := immuta.TagKey{Name: tf.Attribute[types.String](tag, "name").ValueString(), Source: immuta.CuratedSource}
		if source := tf.Attribute[types.String](tag, "source"); !source.IsNull() {
			key.Source = source.ValueString()
		}
		update.Tags = append(update.Tags, key)
	}
	return update
}

func bulkUpdate(ctx context.Context, r *tf.Running, m *bulkModel) error {
	update := m.toAPI()
	of := work{ids: update.SourceIDs, look: func(ctx context.Context, id int64) (sight, error) {
		shown, instead, err := r.Client.ShowsBulk(ctx, update, id)
		return sight{done: shown, instead: instead}, err
	}}
	if update.Kind == immuta.BulkDelete {
		return bulkDelete(ctx, r, m, update, of)
	}
	started, err := r.Client.BulkUpdate(ctx, update)
	if err != nil {
		return refused(ctx, r, err, of)
	}
	return await(ctx, r, &m.Waiting, started, of)
}
