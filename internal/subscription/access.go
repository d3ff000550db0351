// Package subscription manages who has access to Immuta's sources.
package subscription

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ resource.ResourceWithConfigValidators = (*access)(nil)
	_ resource.ResourceWithImportState      = (*access)(nil)
	_ resource.ResourceWithModifyPlan       = (*access)(nil)
	_ resource.ResourceWithValidateConfig   = (*access)(nil)
)

const accessType = "immuta_data_source_access"

// What becomes of a member when Terraform destroys the resource.
const (
	onDestroyRevoke  = "revoke"
	onDestroyAbandon = "abandon"
)

const importForms = "the ids of the data source and of the profile (57/profile:12), the group (57/group:3) or " +
	"the subscription (57/subscription:88)"

// NewAccess is the resource immuta_data_source_access. Its identity is who has access to what: the subscription's id changes
// with every new grant.
func NewAccess() resource.Resource { return newAccess() }

func newAccess() *access {
	return &access{tf.Resource[accessModel]{Noun: tf.Noun[accessModel]{
		Type: accessType,
		Identity: []tf.IdentityKey{
			tf.SourceKey(),
			{Name: "profile_id", Description: "Profile of the user. Exactly one of profile_id and group_id is given.", Optional: true},
			{Name: "group_id", Description: "Id of the group.", Optional: true},
		},
		Fields: accessFields,
		Schema: accessSchema,
		Import: tf.Import{Forms: importForms, Keys: accessKeys},
		What:   (*accessModel).what,
		Creating: func(m *accessModel) string {
			return fmt.Sprintf("Giving %s access to data source %d", m.who(), m.DataSourceID.ValueInt64())
		},
		Create:     give,
		Read:       readAccess,
		Update:     changeAccess,
		Destroying: (*accessModel).revoking,
		Keeps:      func(m *accessModel) bool { return m.OnDestroy.ValueString() == onDestroyAbandon },
		Destroy:    revoke,
	}}}
}

type access struct{ tf.Resource[accessModel] }

func accessSchema() schema.Schema {
	grantee := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{
			MarkdownDescription: description + " Changing it replaces the resource.",
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
			PlanModifiers:       []planmodifier.Int64{int64planmodifier.RequiresReplace()},
		}
	}
	return schema.Schema{
		MarkdownDescription: "Gives a user or a group access to a data source, in a role. Somebody who has a subscription already is refused, " +
			"with the block that imports it.\n\n" +
			"Access that comes from a policy or from a group has no subscription of its own. It can be seen, with the data source " +
			"`immuta_data_source_access`, and is changed where it comes from. This resource gives a subscription in addition, and only that is " +
			"revoked when it is destroyed.\n\n" +
			"Immuta documents no way to remove a member other than oneself, so not every tenant may allow what `on_destroy = \"revoke\"` tries. " +
			"It is looked at afterwards, and a member who is still there is an error.",
		Attributes: map[string]schema.Attribute{
			"id": tf.KeptText("Id of the subscription. A new grant to the same user or group has a new one. Null while access comes " +
				"from a policy or a group."),
			"data_source_id": tf.SourceID("Changing it replaces the resource."),
			"profile_id":     grantee("Profile of the user who gets access. Exactly one of `profile_id` and `group_id` is given."),
			"group_id":       grantee("Group that gets access. Exactly one of `profile_id` and `group_id` is given."),
			"role": schema.StringAttribute{
				MarkdownDescription: "Role: `subscribed`, `owner`, `expert` or `ingest`. A change is made in place. Drift is detected. While the " +
					"role waits for approval, it shows as it was asked for, and `approved` is `false`.",
				Required:   true,
				Validators: []validator.String{stringvalidator.OneOf(immuta.StateSubscribed, immuta.StateOwner, "expert", "ingest")},
			},
			"expiration": schema.StringAttribute{
				MarkdownDescription: "When access ends, as an RFC 3339 timestamp such as `2027-01-01T00:00:00Z`. A past one is refused when it is " +
					"new. Not configured, Immuta's value is kept and shown, never changed; so removing it from the configuration leaves access to " +
					"end at that time, and only a replacement (`terraform apply -replace`) gives access without an end. Drift is detected where the " +
					"tenant returns the value; not all do. That it can be changed later is not documented: Immuta must confirm a change, or the " +
					"apply fails.",
				CustomType:    timetypes.RFC3339Type{},
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), tf.KeepSameInstant()},
			},
			"approvals": schema.ListNestedAttribute{
				MarkdownDescription: "Who has to approve the grant. Immuta takes it only with the grant itself: changing it later is refused when " +
					"planning, adding it later is recorded with a warning and without a call, and removing it from the configuration changes nothing " +
					"in Immuta. Drift is not detected.",
				Optional: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"required_permission": schema.StringAttribute{
						MarkdownDescription: "Permission that the approver needs, such as `OWNER` or `GOVERNANCE`.",
						Required:            true,
						Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					},
					"specific_approver_required": schema.BoolAttribute{
						MarkdownDescription: "Whether one certain person has to approve. Default: `false`.",
						Optional:            true,
						Computed:            true,
						Default:             booldefault.StaticBool(false),
					},
					"specific_approver": schema.Int64Attribute{
						MarkdownDescription: "Profile of that person. Required when `specific_approver_required` is `true`.",
						Optional:            true,
						Validators:          []validator.Int64{int64validator.AtLeast(1)},
					},
				}},
			},
			"on_destroy": schema.StringAttribute{
				MarkdownDescription: "What a destroy does: `revoke` ends the subscription, and fails if it is still there afterwards; `abandon` " +
					"leaves it as it is and only forgets it. Default: `revoke`, which removing it from the configuration returns to.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(onDestroyRevoke),
				Validators: []validator.String{stringvalidator.OneOf(onDestroyRevoke, onDestroyAbandon)},
			},
			"approved":   tf.KeptBool("Whether the role is approved. Until then, there is no access."),
			"created_at": tf.KeptText("When access was given or asked for (RFC 3339, UTC)."),
			"updated_at": tf.KeptText("When it was last changed (RFC 3339, UTC)."),
		},
	}
}

func (a *access) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{resourcevalidator.ExactlyOneOf(path.MatchRoot("profile_id"), path.MatchRoot("group_id"))}
}

func (a *access) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config accessModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	for i, one := range config.approvalList() {
		if one.SpecificApproverRequired.ValueBool() && one.SpecificApprover.IsNull() {
			at := path.Root("approvals").AtListIndex(i).AtName("specific_approver")
			resp.Diagnostics.AddAttributeError(at, "The approver is missing",
				fmt.Sprintf("%s: with specific_approver_required = true, this has to say whose approval is required.", at))
		}
	}
}

// ModifyPlan refuses what could not be applied, and makes known that a change may need approval anew.
func (a *access) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	var plan accessModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	var state accessModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() || !plan.concerns(state) {
		plan.refusePast(accessModel{}, &resp.Diagnostics)
		return
	}
	plan.refusePast(state, &resp.Diagnostics)
	plan.planApprovals(state, &resp.Diagnostics)
	if plan.changes(state) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("approved"), types.BoolUnknown())...)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("updated_at"), types.StringUnknown())...)
	}
}

func give(ctx context.Context, c *tf.Creation[accessModel]) {
	granted, err := c.Client.Grant(ctx, c.Plan.DataSourceID.ValueInt64(), c.Plan.who(), c.Plan.toAPI())
	if err != nil {
		c.Plan.addGrantError(c.Attempted, err, c.Diags)
		return
	}
	c.Plan.fromAPI(granted)
	c.Proof = granted.Birth()
	c.Done = fmt.Sprintf("Access was given to %s on data source %d", c.Plan.who(), c.Plan.DataSourceID.ValueInt64())
}

func readAccess(ctx context.Context, r *tf.Refresh, m *accessModel) error {
	what := m.what()
	found, ok, err := r.Client.Member(ctx, m.DataSourceID.ValueInt64(), m.who(), m.id())
	if err != nil {
		return err
	}
	if !ok {
		return &immuta.AbsentError{Request: fmt.Sprintf("GET /dataSource/%d/access", m.DataSourceID.ValueInt64()), What: m.who().String()}
	}
	if found.SubscriptionID == 0 {
		if m.Role.IsNull() {
			m.addNoSubscription("Importing the "+what, grantAdvice, r.Diags)
			return nil
		}
		r.Diags.AddAttributeWarning(path.Root(m.grantee()), "Access comes from a policy or a group",
			fmt.Sprintf("The %s has no subscription of its own any more, only what comes from a policy or a group. %s", what, regrantAdvice))
	}
	r.Proof = found.Birth()
	m.fromAPI(found)
	return nil
}

func changeAccess(ctx context.Context, c *tf.Change[accessModel]) {
	if !c.Plan.changes(*c.State) {
		return
	}
	change := immuta.Access{State: c.Plan.Role.ValueString()}
	if !c.Plan.sameExpiration(*c.State) {
		change.Expiration = c.Plan.Expiration.ValueString()
	}
	changed, err := c.Client.ChangeMember(ctx, c.Plan.DataSourceID.ValueInt64(), c.Plan.who(), c.State.id(), change)
	if err != nil {
		c.Plan.addChangeError(c.Attempted, err, c.Diags)
		return
	}
	c.Plan.fromAPI(changed)
	c.Verify, c.Otherwise = true, ", or replace the resource (terraform apply -replace) to give access anew"
}

func revoke(ctx context.Context, client *immuta.Client, m *accessModel) error {
	err := client.Revoke(ctx, m.DataSourceID.ValueInt64(), m.who(), m.id())
	if still, ok := errors.AsType[*immuta.StillMemberError](err); ok {
		if still.Err != nil && immuta.StatusOf(still.Err) == 0 {
			return still.Err // Nobody has refused it.
		}
		return &tf.Refusal{
			At: path.Root("on_destroy"), Summary: "Access could not be revoked",
			Detail: fmt.Sprintf("%s was tried, and failed: %v.\n\nThe tenant may not allow it, since Immuta documents no way to remove a member. "+
				"Remove the member in Immuta and destroy again; or leave the member, and let Terraform forget the resource: set on_destroy = "+
				"\"abandon\" and apply that before the destroy, or use a removed block with lifecycle { destroy = false }.", m.revoking(), err),
		}
	}
	if _, inherits := errors.AsType[*immuta.NoSubscriptionError](err); inherits {
		return &tf.Remainder{
			Summary: "There is access still, through a policy or a group",
			Detail: fmt.Sprintf("%s has ended the subscription, but %v. Terraform manages subscriptions only: "+
				"if there is to be no access at all, change the policy or the group.", m.revoking(), err),
		}
	}
	return err
}

// ImportState also takes the id of a subscription, whose owner is looked up.
func (a *access) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if sourceID, id, ok := childNumber(req.ID, "subscription"); ok {
		if req.ID, ok = a.lookUpSubscription(ctx, sourceID, id, &resp.Diagnostics); !ok {
			return
		}
	}
	a.Resource.ImportState(ctx, req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	var profile, group types.Int64
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("profile_id"), &profile)...)
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("group_id"), &group)...)
	if profile.IsNull() == group.IsNull() {
		resp.Diagnostics.AddError("Malformed identity",
			"Importing access by identity: give exactly one of profile_id and group_id besides data_source_id.")
	}
}

// accessKeys reads "57/profile:12" and "57/group:3".
func accessKeys(given string) (keys []any, ok bool) {
	if sourceID, id, ok := childNumber(given, "profile"); ok {
		return []any{sourceID, id, types.Int64Null()}, true
	}
	sourceID, id, ok := childNumber(given, "group")
	return []any{sourceID, types.Int64Null(), id}, ok
}

// childNumber reads "57/kind:12".
func childNumber(given, kind string) (sourceID, id int64, ok bool) {
	sourceID, child, ok := tf.ChildImportID(given)
	number, isKind := strings.CutPrefix(child, kind+":")
	id, err := strconv.ParseInt(number, 10, 64)
	return sourceID, id, ok && isKind && err == nil && id > 0
}
