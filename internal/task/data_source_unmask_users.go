package task

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewUnmaskUsers is the data source immuta_data_source_unmask_users.
func NewUnmaskUsers() datasource.DataSource {
	return tf.DataSource[unmaskUsersModel]{
		Name:   "immuta_data_source_unmask_users",
		Schema: unmaskUsersSchema,
		Attempted: func(m *unmaskUsersModel) string {
			return fmt.Sprintf("Reading who can unmask column %q of data source %d", m.Column.ValueString(), m.DataSourceID.ValueInt64())
		},
		Subject: "data_source_id",
		Read:    readUnmaskUsers,
	}.New()
}

type unmaskUsersModel struct {
	tf.ReadTimeout

	DataSourceID types.Int64       `tfsdk:"data_source_id"`
	Column       types.String      `tfsdk:"column"`
	Users        []unmaskUserModel `tfsdk:"users"`
}

type unmaskUserModel struct {
	Name      types.String `tfsdk:"name"`
	ProfileID types.Int64  `tfsdk:"profile_id"`
	IAMID     types.String `tfsdk:"iam_id"`
}

func unmaskUsersSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the users who can unmask values of a column for others. Versions of Immuta from 2024.3 on do not document " +
			"this any more.",
		Attributes: map[string]schema.Attribute{
			"data_source_id": tf.DataSourceIDArgument(),
			"column":         tf.RequiredPathName("Name of the column."),
			"users": tf.ListAnswer("The users.", map[string]schema.Attribute{
				"name":       tf.TextAnswer("Name of the user."),
				"profile_id": tf.NumberAnswer("Id of the user's profile."),
				"iam_id":     tf.TextAnswer("Id of the identity manager that the user comes from, such as `bim`."),
			}),
		},
	}
}

func readUnmaskUsers(ctx context.Context, r *tf.Reading, m *unmaskUsersModel) error {
	users, err := r.Client.Unmaskers(ctx, m.DataSourceID.ValueInt64(), m.Column.ValueString())
	m.Users = tf.Each(users, unmaskUserFromAPI)
	return r.BlamePart(ctx, m.DataSourceID.ValueInt64(), "column", err)
}

func unmaskUserFromAPI(u immuta.Unmasker) unmaskUserModel {
	return unmaskUserModel{
		Name:      tf.TextOrNull(string(u.Name.Get().Value)),
		ProfileID: tf.LenientInt(u.ProfileID),
		IAMID:     tf.LenientText(u.IAMID),
	}
}
