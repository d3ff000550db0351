// Package user tells who the API key belongs to, and gives out what it was exchanged for.
package user

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*token)(nil)

const timeout = 2 * time.Minute

// NewToken is the ephemeral resource immuta_api_token.
func NewToken() ephemeral.EphemeralResource { return &token{} }

type token struct{ provider *tf.Provider }

type tokenModel struct {
	Token types.String `tfsdk:"token"`
}

func (t *token) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "immuta_api_token"
}

func (t *token) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The session token that Immuta gives for the provider's API key, for calls of Immuta's API that this provider " +
			"does not make. It is kept in no plan and no state. Immuta has no call to end a session: the token is good until the tenant's own " +
			"limit. Needs Terraform 1.10 or OpenTofu 1.11.",
		Attributes: map[string]schema.Attribute{
			"token": schema.StringAttribute{
				MarkdownDescription: "The token, for a header `Authorization: Bearer <token>`.", Computed: true, Sensitive: true,
			},
		},
	}
}

func (t *token) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	t.provider = tf.Configured(req.ProviderData, &resp.Diagnostics)
}

func (t *token) Open(ctx context.Context, _ ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	const attempted = "Exchanging the API key for a session token"
	client := t.provider.RequireClient(attempted, &resp.Diagnostics)
	if client == nil {
		return
	}
	ctx, cancel := tf.WithTimeout(ctx, "open", timeout)
	defer cancel()
	text, err := client.SessionToken(ctx)
	if err != nil {
		tf.AddError(&resp.Diagnostics, attempted, err, nil)
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, &tokenModel{Token: types.StringValue(text)})...)
}
