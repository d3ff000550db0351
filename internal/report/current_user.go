// Package report holds the data sources that tell about the tenant's people and what they see.
package report

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*currentUser)(nil)

// NewCurrentUser is the data source immuta_current_user.
func NewCurrentUser() datasource.DataSource { return &currentUser{} }

type currentUser struct{ provider *tf.Provider }

type currentUserModel struct {
	ID          types.Int64  `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Email       types.String `tfsdk:"email"`
	Permissions types.List   `tfsdk:"permissions"`
}

func (d *currentUser) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "immuta_current_user"
}

func (d *currentUser) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The user that the provider's API key belongs to. A good first thing to run: it shows that host and key fit.",
		Attributes: map[string]schema.Attribute{
			"id":    schema.Int64Attribute{MarkdownDescription: "Id of the user's profile.", Computed: true},
			"name":  schema.StringAttribute{MarkdownDescription: "Name of the user; null if the tenant does not answer it.", Computed: true},
			"email": schema.StringAttribute{MarkdownDescription: "E-mail address of the user; null if the tenant does not answer it.", Computed: true},
			"permissions": schema.ListAttribute{
				MarkdownDescription: "Global permissions of the user, such as `CREATE_DATA_SOURCE`; null if the tenant does not answer them.",
				ElementType:         types.StringType, Computed: true,
			},
		},
	}
}

func (d *currentUser) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

func (d *currentUser) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	const attempted = "Reading the current user"
	client := d.provider.Known(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tf.DataSourceTimeout)
	defer cancel()
	user, err := client.CurrentUser(ctx)
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, nil)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, currentUserFromAPI(user))...)
}

func currentUserFromAPI(user immuta.User) currentUserModel {
	m := currentUserModel{
		ID:          types.Int64Value(user.ID),
		Name:        tf.TextOrNull(user.Name),
		Email:       tf.TextOrNull(user.Email),
		Permissions: types.ListNull(types.StringType),
	}
	if user.Permissions != nil {
		m.Permissions = tf.StringList(user.Permissions)
	}
	return m
}
