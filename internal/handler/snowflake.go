package handler

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewSnowflake is the resource immuta_snowflake_data_source.
func NewSnowflake() resource.Resource {
	return newResource(SQLTechnology[snowflakeModel]{
		Technology: Technology{Name: "snowflake", Prefix: "snowflake", Label: "Snowflake", Title: "Snowflake"},
		SQL:        func(m *snowflakeModel) *SQL { return &m.SQL },
		Server:     snowflakeServerAttributes(),
		NewServer:  func() server { return new(snowflakeServer) },
		Attributes: nativeViewAttributes,
		Values: func(m *snowflakeModel, a answer) []value {
			return []value{nativeViewValue{&m.NativeView, a.handler.Metadata}}
		},
	}.descriptor())
}

// The technology's authentication methods: the first is seen in a real payload (H), the others are documented for the V2
// API, which has the same handlers (M). Where the client id and the secret of OAuth go is not known, so a source that has them can be
// imported, but not created, by attributes of its own.
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
	method := s.method()
	if s.AuthenticationMethod.IsUnknown() {
		return nil
	}
	hasKey := hasUserFile(s.UserFiles, snowflakeKeyFile)
	switch {
	case method == snowflakeKeyPair && s.secret().Given():
		diags.AddAttributeError(at.AtName("password"), "A password beside a key pair",
			`authentication_method = "keyPair" does not use a password. Remove it, or choose "userPassword".`)
	case method == snowflakePassword && hasKey.ValueBool():
		diags.AddAttributeError(at.AtName("user_files"), "A private key without key-pair authentication",
			`The user file "PRIV_KEY_FILE" only means something with authentication_method = "keyPair".`)
	}
	diags.Append(validateUserFiles(at, s.UserFiles)...)
	return append(diags, s.Login.validate(at, method != snowflakeOAuth)...)
}

// method is how Immuta authenticates, by default with a password.
func (s *snowflakeServer) method() string {
	if s.AuthenticationMethod.IsNull() {
		return snowflakePassword
	}
	return s.AuthenticationMethod.ValueString()
}

func (s *snowflakeServer) require(at path.Path, why string) diag.Diagnostics {
	diags := requireUserFiles(at, s.UserFiles, why)
	hasKey := hasUserFile(s.UserFiles, snowflakeKeyFile)
	switch method := s.method(); {
	case method == snowflakeKeyPair && !hasKey.IsUnknown() && !hasKey.ValueBool():
		diags.AddAttributeError(at.AtName("user_files"), "The private key is missing",
			`authentication_method = "keyPair" needs a user file with key_name = "PRIV_KEY_FILE" that holds the private key. `+why)
	case method == snowflakePassword:
		diags.Append(s.secret().Require(at, "password", why)...)
	}
	return diags
}

func (s *snowflakeServer) values(a answer) []value {
	return slices.Concat(s.Connection.values(snowflakePort, a), s.Login.values(a), []value{
		metadataText(connection("warehouse", "warehouse"), &s.Warehouse, a, optionalText),
		authenticationMethodValue(&s.AuthenticationMethod, snowflakePassword, a),
	})
}
