package handler

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// NewTrino is the resource immuta_trino_data_source.
func NewTrino() resource.Resource {
	return newResource(SQLTechnology[trinoModel]{
		Technology: Technology{Name: "trino", Prefix: "trino", Label: "Trino", Title: "Starburst (Trino)"},
		SQL:        func(m *trinoModel) *SQL { return &m.SQL },
		Server:     trinoServerAttributes(),
		NewServer:  func() server { return new(trinoServer) },
	}.descriptor())
}

// The technology's authentication methods, as the V2 API documents them (M). None is the default: the one known payload
// leaves the key out.
const (
	trinoNone     = "No Authentication"
	trinoLDAP     = "LDAP Authentication"
	trinoKerberos = "Kerberos Authentication"
	trinoOAuth    = "OAuth 2.0"
)

const trinoPort = 443

func trinoServerAttributes() map[string]schema.Attribute {
	return connectionAttributes(trinoPort, "The catalog that the schema is in.",
		loginAttributes(), authenticationMethod("", trinoNone, trinoLDAP, trinoKerberos, trinoOAuth))
}

type trinoModel struct{ SQL }

type trinoServer struct {
	Connection
	Login
	AuthenticationMethod types.String `tfsdk:"authentication_method"`
}

func (s *trinoServer) validate(at path.Path) diag.Diagnostics {
	var diags diag.Diagnostics
	if s.AuthenticationMethod.IsUnknown() {
		return nil
	}
	method := s.AuthenticationMethod.ValueString()
	anonymous := method == trinoNone || method == trinoOAuth
	if anonymous && tf.Known(s.Username) {
		diags.AddAttributeError(at.AtName("username"), "A user name without a login",
			`authentication_method = "`+method+`" uses no user name. Remove it, or choose another method.`)
	}
	if (anonymous || method == trinoKerberos) && s.secret().Given() {
		diags.AddAttributeError(at.AtName("password"), "A password without a login",
			`authentication_method = "`+method+`" uses no password. Remove it, or choose "`+trinoLDAP+`".`)
	}
	needsUser := method == trinoLDAP || method == trinoKerberos || s.secret().Given() && !anonymous
	diags.Append(validateUserFiles(at, s.UserFiles)...)
	return append(diags, s.Login.validate(at, needsUser)...)
}

func (s *trinoServer) require(at path.Path, why string) diag.Diagnostics {
	diags := requireUserFiles(at, s.UserFiles, why)
	if s.AuthenticationMethod.ValueString() == trinoLDAP {
		diags.Append(s.secret().Require(at, "password", why)...)
	}
	return diags
}

func (s *trinoServer) values(a answer) []value {
	return slices.Concat(s.Connection.values(trinoPort, a), s.Login.values(a), []value{
		authenticationMethodValue(&s.AuthenticationMethod, "", a),
	})
}
