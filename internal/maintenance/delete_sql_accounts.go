package maintenance

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDeleteSQLAccounts is the action immuta_delete_sql_accounts.
func NewDeleteSQLAccounts() action.Action {
	return tf.Action[accountsModel]{
		Name: "immuta_delete_sql_accounts",
		Schema: func() schema.Schema {
			return schema.Schema{
				MarkdownDescription: "Deletes all accounts that a user has in Immuta's query engine, for example because the user leaves. This " +
					"cannot be undone: the user's queries fail from then on.",
				Attributes: map[string]schema.Attribute{
					"profile_id": requiredID("Id of the user's profile."),
					"user_id": requiredText("What the user is called where users log in, often an address, as `user_id` of "+
						"`immuta_data_source_access` returns it. Immuta's documentation takes it for the profile's id, as a text: use that if Immuta "+
						"does not find the user.", tf.PathName()),
				},
			}
		},
		Attempted: func(m *accountsModel) string {
			return fmt.Sprintf("Deleting the SQL accounts of profile %d", m.ProfileID.ValueInt64())
		},
		Subject: "profile_id",
		Run:     deleteSQLAccounts,
	}.New()
}

type accountsModel struct {
	ProfileID types.Int64  `tfsdk:"profile_id"`
	UserID    types.String `tfsdk:"user_id"`
}

func deleteSQLAccounts(ctx context.Context, r *tf.Running, m *accountsModel) error {
	err := r.Client.DeleteSQLAccountsOf(ctx, m.ProfileID.ValueInt64(), m.UserID.ValueString())
	if err == nil {
		r.Progress("Profile %d has no SQL account any more.", m.ProfileID.ValueInt64())
	}
	return err
}
