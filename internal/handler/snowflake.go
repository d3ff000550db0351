package handler

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewSnowflake is the resource immuta_snowflake_data_source.
func NewSnowflake() resource.Resource {
	return newResource(describe(SQLTechnology[snowflakeModel]{
		Technology: Technology{Name: "snowflake", Prefix: "snowflake", Label: "Snowflake", Title: "Snowflake"},
		SQL:        func(m *snowflakeModel) *SQL { return &m.SQL },
		Server:     serverOf(snowflakeServerAttributes(), (*snowflakeServer).toAPI, (*snowflakeServer).fromAPI, (*snowflakeServer).validate),
		Attributes: nativeViewAttributes,
		ToAPI:      func(m *snowflakeModel, md immuta.Metadata) { nativeViewToAPI(m.NativeView, md) },
		FromAPI:    func(m *snowflakeModel, md immuta.Metadata) { m.NativeView = nativeViewFromAPI(m.NativeView, md) },
		Keys:       []tf.Fields{loginKeys(), nativeViewWireKeys(), serverKey("warehouse", "warehouse"), methodKey()},
	}))
}

// The technology's authentication methods: the first is seen in a real payload (H), the others are documented for the V2
// API, which has the same handlers (M).
const (
	snowflakePassword = "userPassword"
	snowflakeKeyPair  = "keyPair"
	snowflakeOAuth    = "oAuthClientCredentials"

	snowflakePort = 443
	// snowflakeKeyFile is the user file that holds the private key (M).
	snowflakeKeyFile = "PRIV_KEY_FILE"
)

func snowflakeServerAttributes() map[string]schema.Attribute {
	return connectionAttributes(snowflakePort, "Database that the schema is in.",
		loginAttributes(),
		authenticationMethod(snowflakePassword, snowflakePassword, snowflakeKeyPair, snowflakeOAuth),
		map[string]schema.Attribute{"warehouse": schema.StringAttribute{
			MarkdownDescription: "Virtual warehouse that runs Immuta's queries.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		}})
}

type snowflakeModel struct {
	SQL
	NativeView types.Object `tfsdk:"native_view"`
}

type snowflakeServer struct {
	Connection
	Login
	Warehouse            types.String `tfsdk:"warehouse"`
	AuthenticationMethod types.String `tfsdk:"authentication_method"`
}

func (s *snowflakeServer) validate(at path.Path) diag.Diagnostics {
	var diags diag.Diagnostics
	method := snowflakePassword
	switch {
	case s.AuthenticationMethod.IsUnknown():
		return nil
	case !s.AuthenticationMethod.IsNull():
		method = s.AuthenticationMethod.ValueString()
	}
	hasKey := hasUserFile(s.UserFiles, snowflakeKeyFile)
	switch {
	case method == snowflakeKeyPair && !hasKey.IsUnknown() && !hasKey.ValueBool():
		diags.AddAttributeError(at.AtName("user_files"), "The private key is missing",
			`authentication_method = "keyPair" needs a user file with key_name = "PRIV_KEY_FILE" that holds the private key.`)
	case method == snowflakeKeyPair && s.secret().Given():
		diags.AddAttributeError(at.AtName("password"), "A password beside a key pair",
			`authentication_method = "keyPair" does not use a password. Remove it, or choose "userPassword".`)
	case method == snowflakePassword && hasKey.ValueBool():
		diags.AddAttributeError(at.AtName("user_files"), "A private key without key-pair authentication",
			`The user file "PRIV_KEY_FILE" only means something with authentication_method = "keyPair".`)
	}
	diags.Append(validateUserFiles(at, s.UserFiles)...)
	return append(diags, s.Login.validate(at, method != snowflakeOAuth, method == snowflakePassword)...)
}

func (s *snowflakeServer) toAPI(md immuta.Metadata) {
	s.Connection.toAPI(md, snowflakePort)
	s.Login.toAPI(md)
	md.Set("warehouse", s.Warehouse.ValueString())
	methodToAPI(md, s.AuthenticationMethod, snowflakePassword)
}

func (s *snowflakeServer) fromAPI(md immuta.Metadata) {
	s.Connection.fromAPI(md, snowflakePort)
	s.Login.fromAPI(md)
	s.Warehouse = keptString(s.Warehouse, immuta.Lookup[immuta.Text](md, "warehouse"))
	s.AuthenticationMethod = methodFromAPI(s.AuthenticationMethod, md, snowflakePassword)
}
