package subscription

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewAccessDataSource is the data source immuta_data_source_access.
func NewAccessDataSource() datasource.DataSource {
	return tf.DataSource[membersModel]{
		Name:   "immuta_data_source_access",
		Schema: membersSchema,
		Attempted: func(m *membersModel) string {
			return fmt.Sprintf("Reading the members of data source %d", m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readMembers,
	}.New()
}

type membersModel struct {
	tf.ReadTimeout

	DataSourceID            types.Int64   `tfsdk:"data_source_id"`
	Roles                   []string      `tfsdk:"roles"`
	Approved                types.Bool    `tfsdk:"approved"`
	SearchText              types.String  `tfsdk:"search_text"`
	ExpandGroups            types.Bool    `tfsdk:"expand_groups"`
	IgnoreSystemGenerated   types.Bool    `tfsdk:"ignore_system_generated"`
	FilterBySchemaEvolution types.Bool    `tfsdk:"filter_by_schema_evolution"`
	SortField               types.String  `tfsdk:"sort_field"`
	SortOrder               types.String  `tfsdk:"sort_order"`
	MaxResults              types.Int64   `tfsdk:"max_results"`
	Total                   types.Int64   `tfsdk:"total"`
	Users                   []memberModel `tfsdk:"users"`
}

type memberModel struct {
	ProfileID           types.Int64             `tfsdk:"profile_id"`
	GroupID             types.Int64             `tfsdk:"group_id"`
	Name                types.String            `tfsdk:"name"`
	IAMID               types.String            `tfsdk:"iam_id"`
	UserID              types.String            `tfsdk:"user_id"`
	Email               types.String            `tfsdk:"email"`
	Role                types.String            `tfsdk:"role"`
	Approved            types.Bool              `tfsdk:"approved"`
	SubscriptionID      types.Int64             `tfsdk:"subscription_id"`
	SystemGenerated     types.Bool              `tfsdk:"system_generated"`
	LastExternalRefresh types.String            `tfsdk:"last_external_refresh"`
	Admin               types.String            `tfsdk:"admin"`
	Expiration          types.String            `tfsdk:"expiration"`
	CreatedAt           types.String            `tfsdk:"created_at"`
	UpdatedAt           types.String            `tfsdk:"updated_at"`
	Approvals           []requiredApprovalModel `tfsdk:"approvals"`
	SubscriptionContext types.String            `tfsdk:"subscription_context"`
}

type requiredApprovalModel struct {
	RequiredPermission types.String `tfsdk:"required_permission"`
	State              types.String `tfsdk:"state"`
	ApproverID         types.Int64  `tfsdk:"approver_id"`
	Approver           types.String `tfsdk:"approver"`
	OwnerModelID       types.Int64  `tfsdk:"owner_model_id"`
	OwnerModelName     types.String `tfsdk:"owner_model_name"`
}

func membersSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists who has access to a data source, or waits for it. The result is read page by page, 200 members a request.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"roles": tf.TextsArgument("Roles to list: `owner`, `subscribed`, `expert`, `ingest`, or another word of Immuta's " +
				"such as `pending`. Default: all."),
			"approved": tf.BoolArgument("Whether to list those who are approved (`true`) or those who still wait (`false`). " +
				"Default: both."),
			"search_text": tf.TextArgument("Text to look for in the members."),
			"expand_groups": tf.BoolArgument("Whether to list the members of groups, each by itself, instead of the groups. Immuta's " +
				"default: `false`."),
			"ignore_system_generated": tf.BoolArgument("Whether to leave accounts out that Immuta made for itself. Immuta's default: `false`."),
			"filter_by_schema_evolution": tf.BoolArgument("Whether to list only those who have that role in all data sources of the same schema " +
				"monitoring. Immuta's default: `false`."),
			"sort_field":  tf.TextArgument("What to sort by, in Immuta's words, such as `name`."),
			"sort_order":  tf.SortOrderArgument(),
			"max_results": tf.MaxResultsArgument(),
			"total":       tf.TotalAnswer("How many members fit; null if the tenant does not say."),
			"users": tf.ListAnswer("The members, users and groups.", map[string]schema.Attribute{
				"profile_id":            tf.NumberAnswer("Id of the user's profile; null for a group."),
				"group_id":              tf.NumberAnswer("Id of the group; null for a user."),
				"name":                  tf.TextAnswer("Name of the user or group."),
				"iam_id":                tf.TextAnswer("Id of the identity manager that the user comes from, such as `bim`."),
				"user_id":               tf.TextAnswer("Id of the user there."),
				"email":                 tf.TextAnswer("E-mail address of the user; null if there is none."),
				"role":                  tf.TextAnswer("Role, such as `owner`."),
				"approved":              tf.BoolAnswer("Whether access was approved; null if the tenant does not say."),
				"subscription_id":       tf.NumberAnswer("Id of the subscription; null where access comes from a policy or a group."),
				"system_generated":      tf.BoolAnswer("Whether Immuta made the account for itself; null if the tenant does not say."),
				"last_external_refresh": tf.TextAnswer("When the user was last read from the identity manager (RFC 3339, UTC); null if never."),
				"admin":                 tf.TextAnswer("What makes the user an administrator; null if nothing."),
				"expiration":            tf.TextAnswer("When access ends (RFC 3339); null if never, or if the tenant does not say."),
				"created_at":            tf.TextAnswer("When access began (RFC 3339, UTC)."),
				"updated_at":            tf.TextAnswer("When access was last changed (RFC 3339, UTC)."),
				"approvals": tf.ListAnswer("What access waits for, or waited for; null if the tenant does not say.", map[string]schema.Attribute{
					"required_permission": tf.TextAnswer("Permission that the approver needs, such as `OWNER`."),
					"state":               tf.TextAnswer("What became of the request, such as `pending`."),
					"approver_id":         tf.NumberAnswer("Profile of the approver; null if none is named."),
					"approver":            tf.TextAnswer("Name of the approver; null if none is named."),
					"owner_model_id":      tf.NumberAnswer("Id of what the approver owns; null if that does not matter."),
					"owner_model_name":    tf.TextAnswer("Name of what the approver owns; null if that does not matter."),
				}),
				"subscription_context": tf.TextAnswer("How the user came to have access; null on older tenants."),
			}),
		},
	}
}

func readMembers(ctx context.Context, r *tf.Reading, m *membersModel) error {
	found, err := r.Client.FindMembers(ctx, m.DataSourceID.ValueInt64(), immuta.MemberSearch{
		States:                  m.Roles,
		Approved:                m.Approved.ValueBoolPointer(),
		Text:                    m.SearchText.ValueString(),
		ExpandGroups:            m.ExpandGroups.ValueBoolPointer(),
		IgnoreSystemGenerated:   m.IgnoreSystemGenerated.ValueBoolPointer(),
		FilterBySchemaEvolution: m.FilterBySchemaEvolution.ValueBoolPointer(),
		SortField:               m.SortField.ValueString(),
		SortOrder:               m.SortOrder.ValueString(),
	}, m.MaxResults.ValueInt64())
	m.Users, m.Total = tf.Each(found.Items, memberFromAPI), tf.Total(found)
	r.WarnUnsettled(found.Unsettled)
	return err
}

func memberFromAPI(u immuta.Member) memberModel {
	m := memberModel{
		ProfileID:           tf.IntOrNull(u.ProfileID),
		GroupID:             tf.IntOrNull(immuta.Int(u.GroupID)),
		Name:                tf.TextOrNull(string(u.Name)),
		IAMID:               tf.LenientText(u.IAMID),
		UserID:              tf.LenientText(u.UserID),
		Email:               tf.LenientText(u.Email),
		Role:                tf.TextOrNull(string(u.State)),
		Approved:            tf.LenientBool(u.Approved),
		SubscriptionID:      tf.IntOrNull(u.SubscriptionID),
		SystemGenerated:     tf.LenientBool(u.SystemGenerated),
		LastExternalRefresh: tf.LenientText(u.LastExternalRefresh),
		Admin:               tf.LenientText(u.Admin),
		Expiration:          tf.LenientText(u.Expiration),
		CreatedAt:           tf.TextOrNull(string(u.CreatedAt)),
		UpdatedAt:           tf.TextOrNull(string(u.UpdatedAt)),
		SubscriptionContext: tf.LenientText(u.SubscriptionContext),
	}
	if u.Approvals.Value != nil {
		m.Approvals = tf.Each(u.Approvals.Get(), requiredApprovalFromAPI)
	}
	return m
}

func requiredApprovalFromAPI(a immuta.RequiredApproval) requiredApprovalModel {
	return requiredApprovalModel{
		RequiredPermission: tf.LenientText(a.RequiredPermission),
		State:              tf.LenientText(a.State),
		ApproverID:         tf.LenientInt(a.ApproverID),
		Approver:           tf.LenientText(a.Approver),
		OwnerModelID:       tf.LenientInt(a.OwnerModelID),
		OwnerModelName:     tf.LenientText(a.OwnerModelName),
	}
}
