package handler

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewDatabricks is the resource immuta_databricks_data_source.
func NewDatabricks() resource.Resource {
	return newResource(SQLTechnology[databricksModel]{
		Technology: Technology{Name: "databricks", Prefix: "databricks", Label: "Databricks", Title: "Databricks"},
		SQL:        func(m *databricksModel) *SQL { return &m.SQL },
		Server:     databricksServerAttributes(),
		NewServer:  func() server { return new(databricksServer) },
	}.descriptor())
}

// databricksToken is the only authentication method that is known of the technology (H). The token travels as the password,
// without a user name (H).
const databricksToken = "Access Token"

const databricksPort = 443

func databricksServerAttributes() map[string]schema.Attribute {
	return connectionAttributes(databricksPort, "Database that the schema is in: the catalog, or `hive_metastore`.",
		tf.SecretAttributes("access_token", "Personal access token, or the token of a service principal.", handlerSecret),
		authenticationMethod(databricksToken, databricksToken),
		map[string]schema.Attribute{"http_path": schema.StringAttribute{
			MarkdownDescription: "HTTP path of the SQL warehouse or cluster that runs Immuta's queries, such as " +
				"`/sql/1.0/warehouses/1a2b3c4d5e6f7a8b`.",
			Required:   true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		}})
}

type databricksModel struct{ SQL }

type databricksServer struct {
	Connection
	HTTPPath             types.String `tfsdk:"http_path"`
	AuthenticationMethod types.String `tfsdk:"authentication_method"`
	AccessToken          types.String `tfsdk:"access_token"`
	AccessTokenWO        types.String `tfsdk:"access_token_wo"`
	AccessTokenWOVersion types.Int64  `tfsdk:"access_token_wo_version"`
}

func (s *databricksServer) secret() tf.Secret {
	return tf.Secret{Kept: s.AccessToken, WriteOnly: s.AccessTokenWO, Version: s.AccessTokenWOVersion}
}

func (s *databricksServer) validate(at path.Path) diag.Diagnostics {
	return append(s.secret().Validate(at, "access_token"), validateUserFiles(at, s.UserFiles)...)
}

func (s *databricksServer) require(at path.Path, why string) diag.Diagnostics {
	return append(s.secret().Require(at, "access_token", why), requireUserFiles(at, s.UserFiles, why)...)
}

func (s *databricksServer) values(a answer) []value {
	return append(s.Connection.values(databricksPort, a),
		metadataText(connection("http_path", "httpPath"), &s.HTTPPath, a, optionalText),
		authenticationMethodValue(&s.AuthenticationMethod, databricksToken, a),
		newSecretValue(connection("access_token", "password"), s.secret()),
	)
}
