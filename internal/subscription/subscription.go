package subscription

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var _ resource.ResourceWithModifyPlan = (*subscription)(nil)

const subscriptionType = "immuta_subscription"

// NewSubscription is the resource immuta_subscription.
func NewSubscription() resource.Resource {
	return &subscription{tf.Resource[subscriptionModel]{Noun: tf.Noun[subscriptionModel]{
		Type:       subscriptionType,
		Identity:   []tf.IdentityKey{tf.SourceKey()},
		Schema:     subscriptionSchema,
		Immutable:  true,
		Import:     tf.ImportSource(),
		What:       func(m *subscriptionModel) string { return "subscription to " + m.what() },
		Creating:   func(m *subscriptionModel) string { return "Subscribing to " + m.what() },
		Create:     subscribe,
		Read:       readSubscription,
		Destroying: func(m *subscriptionModel) string { return "Unsubscribing from " + m.what() },
		Destroy:    unsubscribe,
	}}}
}

type subscription struct{ tf.Resource[subscriptionModel] }

type subscriptionModel struct {
	tf.OperationTimeouts

	ID           types.String `tfsdk:"id"`
	DataSourceID types.Int64  `tfsdk:"data_source_id"`
	Role         types.String `tfsdk:"role"`
	Approved     types.Bool   `tfsdk:"approved"`
	Expiration   types.String `tfsdk:"expiration"`
}

func subscriptionSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Subscribes the user that the API key belongs to to a data source. Where access has to be approved, the " +
			"subscription is `pending` until it is: that is no error, and a later refresh shows what has become of it, without a difference in " +
			"the plan.\n\n" +
			"Destroying it unsubscribes the user. An owner is never unsubscribed: the destroy fails. To let Terraform forget the subscription of " +
			"an owner, use a `removed` block with `lifecycle { destroy = false }`. To give access to others, use `immuta_data_source_access`.",
		Attributes: map[string]schema.Attribute{
			"id":             tf.KeptText("Id of the subscription. Null while access comes from a policy or a group."),
			"data_source_id": tf.SourceID("Changing it replaces the resource."),
			"role":           tf.KeptText("What the user has: `subscribed`, `pending`, or a role that somebody else gave, such as `expert`."),
			"approved":       tf.KeptBool("Whether access is approved."),
			"expiration":     tf.KeptText("When access ends (RFC 3339); null if never."),
		},
	}
}

// ModifyPlan refuses to plan the end of an owner's subscription, so that nothing else of the plan has been done by then.
func (s *subscription) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.State.Raw.IsNull() {
		return
	}
	var state, plan subscriptionModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	ends := req.Plan.Raw.IsNull() || !plan.DataSourceID.Equal(state.DataSourceID)
	if ends && state.Role.ValueString() == immuta.StateOwner {
		refusal := state.refuseOwner()
		resp.Diagnostics.AddAttributeError(refusal.At, refusal.Summary, refusal.Detail)
	}
}

func subscribe(ctx context.Context, c *tf.Creation[subscriptionModel]) {
	made, err := c.Client.Subscribe(ctx, c.Plan.DataSourceID.ValueInt64())
	if err != nil {
		c.Plan.addError(c.Attempted, err, c.Diags)
		return
	}
	c.Plan.fromAPI(made)
	c.Proof = made.Source
}

func readSubscription(ctx context.Context, r *tf.Refresh, m *subscriptionModel) error {
	found, err := r.Client.OwnSubscription(ctx, m.DataSourceID.ValueInt64())
	if err != nil {
		return err
	}
	if !found.Exists() {
		return &immuta.AbsentError{Request: fmt.Sprintf("GET /dataSource/%d", m.DataSourceID.ValueInt64()), What: "subscription of the caller"}
	}
	r.Proof = found.Source
	m.fromAPI(found)
	return nil
}

func unsubscribe(ctx context.Context, client *immuta.Client, m *subscriptionModel) error {
	err := client.Unsubscribe(ctx, m.DataSourceID.ValueInt64())
	if _, owner := errors.AsType[*immuta.OwnerError](err); owner {
		return m.refuseOwner()
	}
	return err
}

func (m subscriptionModel) what() string {
	return fmt.Sprintf("data source %d", m.DataSourceID.ValueInt64())
}

// fromAPI takes over Immuta's answer.
func (m *subscriptionModel) fromAPI(got immuta.OwnSubscription) {
	m.ID = tf.IDText(got.ID.Get())
	m.Role = tf.LenientText(got.Status)
	m.Approved = tf.LenientBool(got.Approved)
	m.Expiration = tf.LenientText(got.Expiration)
}

// addError says why there is no subscription.
func (m subscriptionModel) addError(attempted string, err error, diags *diag.Diagnostics) {
	at := path.Root("data_source_id")
	importAdvice := tf.ImportAdvice(subscriptionType, fmt.Sprint(m.DataSourceID.ValueInt64()))
	if existing, ok := errors.AsType[*immuta.AlreadySubscribedError](err); ok {
		if existing.Subscription.ID.Get() == 0 {
			diags.AddAttributeError(at, "Access comes from a policy or a group",
				fmt.Sprintf("%s failed: %v, through a policy or a group, not by a subscription. There is nothing to manage. Take the resource out of "+
					"the configuration.", attempted, err))
			return
		}
		diags.AddAttributeError(at, "There is a subscription already",
			fmt.Sprintf("%s failed: %v, with the subscription %d. Nothing was changed.\n\nTo manage that one, import it:%s",
				attempted, err, int64(existing.Subscription.ID.Get()), importAdvice))
		return
	}
	if _, ok := errors.AsType[*immuta.NotSubscribedError](err); ok {
		diags.AddAttributeError(at, "Immuta made no subscription",
			fmt.Sprintf("%s: Immuta accepted the request, but %v afterwards. Look at the data source's subscription policy, or ask an owner for "+
				"access.", attempted, err))
		return
	}
	if immuta.IsNotFound(err) {
		err = tf.At("data_source_id", err)
	}
	tf.AddError(diags, attempted, err, nil)
	if _, ok := errors.AsType[*immuta.UnknownOutcomeError](err); ok {
		diags.AddAttributeWarning(at, "Whether there is a subscription now is not known",
			"Before you apply again, look at the data source in Immuta. If the user is subscribed, import that:"+importAdvice)
	}
}

// refuseOwner says how to get rid of the resource without giving ownership up.
func (m subscriptionModel) refuseOwner() *tf.Refusal {
	return &tf.Refusal{
		At: path.Root("role"), Summary: "An owner is never unsubscribed",
		Detail: fmt.Sprintf("The API key's user owns %s. Unsubscribing would give that up, and only another owner or a governor could give it "+
			"back. Nothing was changed.\n\n"+
			"To let Terraform forget the subscription, use a removed block with lifecycle { destroy = false }, or terraform state rm. "+
			"To end it all the same, let another owner make the user a subscriber first, then destroy.", m.what()),
	}
}
