package sqlaccount

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var (
	_ ephemeral.EphemeralResourceWithClose     = (*temporary)(nil)
	_ ephemeral.EphemeralResourceWithConfigure = (*temporary)(nil)
)

// standardExpiry is always sent, so that an account which could not be deleted does not stay: what Immuta does without it is
// not known.
const standardExpiry = 60

// accountKey is where the private data of an open account hold its name.
const accountKey = "username"

// NewTemporary is the ephemeral resource immuta_temporary_sql_account.
func NewTemporary() ephemeral.EphemeralResource { return &temporary{} }

type temporary struct{ provider *tf.Provider }

type temporaryModel struct {
	connectionModel

	ProjectID        types.Int64  `tfsdk:"project_id"`
	AccountPrefix    types.String `tfsdk:"account_prefix"`
	ExpiresInMinutes types.Int64  `tfsdk:"expires_in_minutes"`
	ForceDirectAudit types.Bool   `tfsdk:"force_direct_audit"`
	Username         types.String `tfsdk:"username"`
	Password         types.String `tfsdk:"password"`
}

func (t *temporary) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "immuta_temporary_sql_account"
}

func (t *temporary) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	answered := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A SQL account that lasts for one run of Terraform: made when something needs it, in a plan as well as in an " +
			"apply, and deleted when nothing does any more. It is kept in no plan and no state. An account that could not be deleted expires by " +
			"itself, and so does one whose answer was lost. Needs Terraform 1.10 or OpenTofu 1.11.",
		Attributes: map[string]schema.Attribute{
			"project_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the project that the account acts in. Default: none.", Optional: true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"account_prefix": schema.StringAttribute{
				MarkdownDescription: "What the user name begins with. Immuta has a default of its own.", Optional: true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"expires_in_minutes": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("For how many minutes the account is good if it is not deleted before. Must outlast the run. "+
					"Default: `%d`.", standardExpiry), Optional: true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"force_direct_audit": schema.BoolAttribute{
				MarkdownDescription: "Whether queries of this account are always audited directly. Default: `false`.", Optional: true,
			},
			"username": answered("Name of the account."),
			"password": schema.StringAttribute{MarkdownDescription: "Password of the account.", Computed: true, Sensitive: true},
			"host":     answered("Host name of the query engine."),
			"port":     schema.Int64Attribute{MarkdownDescription: "TCP port of the query engine.", Computed: true},
			"database": answered("Database to connect to."),
			"ssl_mode": answered("Whether connections are encrypted, in PostgreSQL's words, such as `require`."),
			"connection_string": schema.StringAttribute{
				MarkdownDescription: "The connection as Immuta writes it, which may hold the password.", Computed: true, Sensitive: true,
			},
		},
	}
}

func (t *temporary) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	t.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

func (t *temporary) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var config temporaryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	const attempted = "Creating a temporary SQL account"
	client := t.provider.RequireClient(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := tf.WithTimeout(ctx, "open", timeout)
	defer cancel()
	made, err := client.CreateTemporarySQLAccount(ctx, config.toAPI())
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, explain(err), temporaryFields)
		return
	}
	username, err := json.Marshal(string(made.Username))
	if err != nil {
		resp.Diagnostics.AddError("The name of the account cannot be kept", err.Error())
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, accountKey, username)...)
	config.fromAPI(made)
	resp.Diagnostics.Append(resp.Result.Set(ctx, &config)...)
}

// Close deletes the account. That it cannot be deleted must not fail a run that has done everything else.
func (t *temporary) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	value, diags := req.Private.GetKey(ctx, accountKey)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || len(value) == 0 {
		return
	}
	var username string
	if err := json.Unmarshal(value, &username); err != nil || username == "" {
		resp.Diagnostics.AddWarning("A temporary SQL account is not deleted",
			"Which one it is cannot be read from what was kept of it. It expires by itself, as expires_in_minutes says.")
		return
	}
	attempted := fmt.Sprintf("Deleting the temporary SQL account %q", username)
	client := t.provider.RequireClient(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := tf.WithTimeout(ctx, "close", timeout)
	defer cancel()
	if err := client.DeleteTemporarySQLAccount(ctx, username); err != nil {
		tf.AddWarning(&resp.Diagnostics, attempted, explain(err), "The account expires by itself, as expires_in_minutes says.")
	}
}

var temporaryFields = tf.Fields{
	"projectId":        path.Root("project_id"),
	"accountPrefix":    path.Root("account_prefix"),
	"expiresIn":        path.Root("expires_in_minutes"),
	"forceDirectAudit": path.Root("force_direct_audit"),
}

func (m *temporaryModel) toAPI() immuta.TemporaryAccount {
	account := immuta.TemporaryAccount{
		ProjectID:        m.ProjectID.ValueInt64(),
		AccountPrefix:    m.AccountPrefix.ValueString(),
		ExpiresIn:        standardExpiry,
		ForceDirectAudit: m.ForceDirectAudit.ValueBool(),
	}
	if !m.ExpiresInMinutes.IsNull() {
		account.ExpiresIn = m.ExpiresInMinutes.ValueInt64()
	}
	return account
}

func (m *temporaryModel) fromAPI(made *immuta.Credentials) {
	m.Username = types.StringValue(string(made.Username))
	m.Password = types.StringValue(made.Password)
	m.connectionModel = connectionFromAPI(made.SQLConnection)
}
