package subscription

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

type accessModel struct {
	tf.OperationTimeouts

	ID           types.String      `tfsdk:"id"`
	DataSourceID types.Int64       `tfsdk:"data_source_id"`
	ProfileID    types.Int64       `tfsdk:"profile_id"`
	GroupID      types.Int64       `tfsdk:"group_id"`
	Role         types.String      `tfsdk:"role"`
	Expiration   timetypes.RFC3339 `tfsdk:"expiration"`
	Approvals    types.List        `tfsdk:"approvals"`
	OnDestroy    types.String      `tfsdk:"on_destroy"`
	Approved     types.Bool        `tfsdk:"approved"`
	CreatedAt    types.String      `tfsdk:"created_at"`
	UpdatedAt    types.String      `tfsdk:"updated_at"`
}

type approval struct {
	RequiredPermission       types.String
	SpecificApproverRequired types.Bool
	SpecificApprover         types.Int64
}

var accessFields = tf.Fields{
	"state":      path.Root("role"),
	"profileId":  path.Root("profile_id"),
	"groupId":    path.Root("group_id"),
	"expiration": path.Root("expiration"),
	"approvals":  path.Root("approvals"),
}

func (m accessModel) who() immuta.Grantee {
	return immuta.Grantee{ProfileID: m.ProfileID.ValueInt64(), GroupID: m.GroupID.ValueInt64()}
}

// id is the subscription's, or 0.
func (m accessModel) id() int64 { return tf.IDNumber(m.ID).ValueInt64() }

// grantee is the attribute that names who has access.
func (m accessModel) grantee() string {
	if m.GroupID.IsNull() {
		return "profile_id"
	}
	return "group_id"
}

// concerns tells whether the other model is of the same membership.
func (m accessModel) concerns(other accessModel) bool {
	return m.DataSourceID.Equal(other.DataSourceID) && m.ProfileID.Equal(other.ProfileID) && m.GroupID.Equal(other.GroupID)
}

// importID is the id to import a membership by.
func importID(sourceID int64, who immuta.Grantee) string {
	if who.GroupID != 0 {
		return fmt.Sprintf("%d/group:%d", sourceID, who.GroupID)
	}
	return fmt.Sprintf("%d/profile:%d", sourceID, who.ProfileID)
}

func (m accessModel) approvalList() []approval {
	return tf.Each(tf.Objects(m.Approvals), func(o types.Object) approval {
		return approval{
			RequiredPermission:       tf.Attribute[types.String](o, "required_permission"),
			SpecificApproverRequired: tf.Attribute[types.Bool](o, "specific_approver_required"),
			SpecificApprover:         tf.Attribute[types.Int64](o, "specific_approver"),
		}
	})
}

// sameExpiration tells whether both expire at the same time, however it is spelled, or have nothing planned.
func (m accessModel) sameExpiration(state accessModel) bool {
	at, ok := tf.TimeOf(m.Expiration)
	if !ok {
		return m.Expiration.Equal(state.Expiration)
	}
	before, ok := tf.TimeOf(state.Expiration)
	return ok && before.Equal(at)
}

// changes tells whether Immuta has to be told of the plan.
func (m accessModel) changes(state accessModel) bool {
	return !m.Role.Equal(state.Role) || !m.sameExpiration(state)
}

// refusePast refuses an expiration that is over, unless the state has it already. A zero state has none.
func (m accessModel) refusePast(state accessModel, diags *diag.Diagnostics) {
	at, ok := tf.TimeOf(m.Expiration)
	if ok && !m.sameExpiration(state) && at.Before(time.Now()) {
		diags.AddAttributeError(path.Root("expiration"), "The expiration is past",
			fmt.Sprintf("Access that ended at %s would give nothing. Set a time to come, or leave expiration out.", m.Expiration.ValueString()))
	}
}

// planApprovals keeps changes of what Immuta takes only with the grant from being taken for effective.
func (m accessModel) planApprovals(state accessModel, diags *diag.Diagnostics) {
	switch {
	case m.Approvals.IsNull(), m.Approvals.Equal(state.Approvals):
	case state.Approvals.IsNull():
		diags.AddAttributeWarning(path.Root("approvals"), "Immuta is not told of approvals any more",
			"Immuta takes approvals only with the grant, and this one has been made. They are recorded in the state, without a call.")
	default:
		diags.AddAttributeError(path.Root("approvals"), "Approvals cannot be changed",
			"Immuta takes approvals only with the grant, and this one has been made. Set them back, take them out of the configuration, "+
				"or replace the resource (terraform apply -replace) to give access anew.")
	}
}

// toAPI is what a grant sends.
func (m accessModel) toAPI() immuta.Access {
	out := immuta.Access{State: m.Role.ValueString(), Expiration: m.Expiration.ValueString()}
	for _, one := range m.approvalList() {
		out.Approvals = append(out.Approvals, immuta.Approval{
			RequiredPermission:       one.RequiredPermission.ValueString(),
			SpecificApproverRequired: one.SpecificApproverRequired.ValueBool(),
			SpecificApprover:         one.SpecificApprover.ValueInt64Pointer(),
		})
	}
	return out
}

// fromAPI takes over Immuta's answer.
func (m *accessModel) fromAPI(got immuta.Member) {
	m.ID = tf.IDText(got.SubscriptionID)
	m.Expiration = tf.Instant(m.Expiration, got.Expiration)
	m.CreatedAt = tf.TextOrNull(string(got.CreatedAt))
	m.UpdatedAt = tf.TextOrNull(string(got.UpdatedAt))
	m.Approved = tf.LenientBool(got.Approved)
	switch {
	case got.State == immuta.StatePending:
		// Which role is waited for, such an answer does not tell. Asking for access asks for this one.
		if m.Role.IsNull() {
			m.Role = types.StringValue(immuta.StateSubscribed)
		}
		m.Approved = types.BoolValue(false)
	case got.State != "":
		m.Role = types.StringValue(string(got.State))
	}
}

// what names the access in the middle of a sentence.
func (m *accessModel) what() string {
	return fmt.Sprintf("access of %s to data source %d", m.who(), m.DataSourceID.ValueInt64())
}

// revoking says what a destroy does.
func (m *accessModel) revoking() string { return "Revoking the " + m.what() }

// addGrantError says why access was not given.
func (m accessModel) addGrantError(attempted string, err error, diags *diag.Diagnostics) {
	importAdvice := tf.ImportAdvice(accessType, importID(m.DataSourceID.ValueInt64(), m.who()))
	if existing, ok := errors.AsType[*immuta.ExistingMemberError](err); ok {
		diags.AddAttributeError(path.Root(m.grantee()), "There is access already",
			fmt.Sprintf("%s failed: %v, with the subscription %d since %s. Nothing was changed.\n\nRemove it in Immuta first, or import it "+
				"to manage it:%s", attempted, err, int64(existing.Member.SubscriptionID), existing.Member.CreatedAt, importAdvice))
		return
	}
	if _, ok := errors.AsType[*immuta.UnknownOutcomeError](err); ok {
		tf.AddError(diags, attempted, err, accessFields)
		diags.AddAttributeWarning(path.Root(m.grantee()), "Whether access was given is not known",
			"Before you apply again, look at the members of the data source in Immuta. If access was given, import it:"+importAdvice)
		return
	}
	if _, ok := errors.AsType[*immuta.NoSubscriptionError](err); ok {
		diags.AddAttributeError(path.Root(m.grantee()), "Immuta made no subscription",
			fmt.Sprintf("%s: Immuta accepted the request, but the members of the data source show no subscription of its own: %v.\n\n"+
				"The tenant may keep it at the access that the policy or the group gives. Change that there, or take the resource out of the "+
				"configuration.",
				attempted, err))
		return
	}
	if _, ok := errors.AsType[*immuta.NotAMemberError](err); ok {
		diags.AddAttributeError(path.Root(m.grantee()), "Immuta gave no access",
			fmt.Sprintf("%s: Immuta accepted the request, but the members of the data source show nothing of it: %v.\n\n"+
				"A policy of the tenant may forbid it. Look at the data source's subscription policy.", attempted, err))
		return
	}
	m.addError(attempted, err, diags)
}

// addChangeError says why access was not changed.
func (m accessModel) addChangeError(attempted string, err error, diags *diag.Diagnostics) {
	_, inherited := errors.AsType[*immuta.NoSubscriptionError](err)
	_, gone := errors.AsType[*immuta.NotAMemberError](err)
	switch {
	case inherited:
		m.addNoSubscription(attempted, regrantAdvice, diags)
	case gone:
		diags.AddAttributeError(path.Root(m.grantee()), "Access has been revoked meanwhile",
			fmt.Sprintf("%s failed: %v. Apply again: the plan will give access anew.", attempted, err))
	default:
		m.addError(attempted, err, diags)
	}
}

// addError reports any other failure of a write. What is not found is the data source when its members are looked at, and
// who should get access afterwards.
func (m accessModel) addError(attempted string, err error, diags *diag.Diagnostics) {
	if refusal, ok := errors.AsType[*immuta.Error](err); ok && immuta.IsNotFound(err) {
		if strings.HasPrefix(refusal.Request, http.MethodGet) {
			err = tf.At("data_source_id", err)
		} else {
			err = tf.At(m.grantee(), tf.Advise(err, m.noGrantee()))
		}
	}
	tf.AddError(diags, attempted, err, accessFields)
}

// noGrantee says that nobody has the id, and where ids are found.
func (m accessModel) noGrantee() string {
	if m.GroupID.IsNull() {
		return fmt.Sprintf("No user has the profile id %d. The data source immuta_current_user returns the id of the API key's own user, "+
			"immuta_data_source_access those of a data source's members; Immuta's page of users shows the others.", m.ProfileID.ValueInt64())
	}
	return fmt.Sprintf("No group has the id %d. The data source immuta_data_source_access returns the ids of groups that are members of a "+
		"data source; Immuta's page of groups shows the others.", m.GroupID.ValueInt64())
}

// addNoSubscription says that there is no subscription where access comes from elsewhere, and what to do.
func (m accessModel) addNoSubscription(attempted, advice string, diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root(m.grantee()), "Access comes from a policy or a group",
		fmt.Sprintf("%s failed: %s has access to data source %d through a policy or a group, not by a subscription of its own. "+
			"Nothing was changed.\n\n%s",
			attempted, m.who(), m.DataSourceID.ValueInt64(), advice))
}

const (
	grantAdvice = "There is nothing to import. Without the import, applying the resource gives a subscription of its own."
	// A replacement would try to revoke first what there is not.
	regrantAdvice = "To give a subscription again, take the resource out of the state (terraform state rm) and apply. " +
		"To leave it at that access, take it out of the configuration with a removed block and lifecycle { destroy = false }."
)

// lookUpSubscription finds out whose a subscription is, and returns the import id that says so.
func (a *access) lookUpSubscription(ctx context.Context, sourceID, id int64, diags *diag.Diagnostics) (string, bool) {
	attempted := fmt.Sprintf("Importing subscription %d to data source %d", id, sourceID)
	client := a.RequireClient(attempted, diags)
	if client == nil {
		return "", false
	}
	ctx, cancel := tf.BoundImport(ctx)
	defer cancel()
	found, ok, err := client.Member(ctx, sourceID, immuta.Grantee{}, id)
	switch {
	case err != nil:
		tf.AddError(diags, attempted, err, nil)
		return "", false
	case !ok || found.Grantee() == immuta.Grantee{}:
		diags.AddError("No such subscription",
			fmt.Sprintf("%s failed: no member of the data source has it. Import by the profile (%d/profile:12) or the group (%d/group:3) instead.",
				attempted, sourceID, sourceID))
		return "", false
	}
	return importID(sourceID, found.Grantee()), true
}
