package user

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewCurrentUser is the data source immuta_current_user.
func NewCurrentUser() datasource.DataSource {
	return tf.DataSource[currentUserModel]{
		Name:      "immuta_current_user",
		Schema:    currentUserSchema,
		Attempted: func(*currentUserModel) string { return "Reading the current user" },
		Read:      readCurrentUser,
	}.New()
}

type currentUserModel struct {
	tf.ReadTimeout

	ID          types.Int64  `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Email       types.String `tfsdk:"email"`
	Permissions types.List   `tfsdk:"permissions"`
}

func currentUserSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The user that the provider's API key belongs to. A good first thing to run: it shows that host and key fit.",
		Attributes: map[string]schema.Attribute{
			"id":          tf.NumberAnswer("Id of the user's profile."),
			"name":        tf.TextAnswer("Name of the user; null if the tenant does not return it."),
			"email":       tf.TextAnswer("E-mail address of the user; null if the tenant does not return it."),
			"permissions": tf.TextsAnswer("Global permissions of the user, such as `CREATE_DATA_SOURCE`; null if the tenant does not return them."),
		},
	}
}

func readCurrentUser(ctx context.Context, r *tf.Reading, m *currentUserModel) error {
	user, err := r.Client.CurrentUser(ctx)
	m.ID, m.Name, m.Email = types.Int64Value(user.ID), tf.TextOrNull(user.Name), tf.TextOrNull(user.Email)
	m.Permissions = types.ListNull(types.StringType)
	if user.Permissions != nil {
		m.Permissions = tf.StringList(user.Permissions)
	}
	return err
}
