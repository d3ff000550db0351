package handler

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// server is the model of a technology's server object.
type server interface {
	// values are the attributes of the object.
	values(answer) []value
	// validate checks what no single attribute can. Values may be unknown.
	validate(at path.Path) diag.Diagnostics
	// require checks that the secrets are there, because they have to be sent. Why is for the errors.
	require(at path.Path, why string) diag.Diagnostics
}

var objectAs = basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true}

// decodeServer decodes the object into the model. What is null or unknown stays empty.
func decodeServer(object types.Object, s server) diag.Diagnostics {
	if !tf.Known(object) {
		return nil
	}
	return object.As(context.Background(), s, objectAs)
}

// Connection is the part of every server: where it is and which files go along.
type Connection struct {
	Hostname                types.String `tfsdk:"hostname"`
	Port                    types.Int64  `tfsdk:"port"`
	SSL                     types.Bool   `tfsdk:"ssl"`
	Database                types.String `tfsdk:"database"`
	ConnectionStringOptions types.String `tfsdk:"connection_string_options"`
	UserFiles               types.List   `tfsdk:"user_files"`
}

// connectionAttributes are the attributes of [Connection] together with the technology's own. database says what the word
// means to the technology.
func connectionAttributes(defaultPort int64, database string, own ...map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"hostname": schema.StringAttribute{
			MarkdownDescription: "Host name of the server, without scheme or path. A difference in case only is no drift.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1), tf.HostName()},
		},
		"port": schema.Int64Attribute{
			MarkdownDescription: fmt.Sprintf("TCP port of the server. Default: `%d`.", defaultPort),
			Optional:            true,
			Computed:            true,
			Default:             int64default.StaticInt64(defaultPort),
			Validators:          []validator.Int64{int64validator.Between(1, 65535)},
		},
		"ssl": schema.BoolAttribute{
			MarkdownDescription: "Whether Immuta connects to the server over TLS. Default: `true`.",
			Optional:            true,
			Computed:            true,
			Default:             booldefault.StaticBool(true),
		},
		"database": schema.StringAttribute{
			MarkdownDescription: database + " A difference in case only is no drift.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"connection_string_options": schema.StringAttribute{
			MarkdownDescription: "Further options of the driver, as `key=value` pairs separated by semicolons. Kept in the state in plain text: " +
				"no place for secrets. Default: `\"\"`, none.",
			Optional: true,
			Computed: true,
			Default:  stringdefault.StaticString(""),
		},
		"user_files": userFilesAttribute(),
	}
	for _, o := range own {
		maps.Copy(attributes, o)
	}
	return attributes
}

func (c *Connection) values(defaultPort int64, a answer) []value {
	return []value{
		metadataText(connection("hostname", "hostname"), &c.Hostname, a, sameCase),
		intDefault(connection("port", "port"), &c.Port, defaultPort, a),
		boolDefault(connection("ssl", "ssl"), &c.SSL, true, a),
		metadataText(connection("database", "database"), &c.Database, a, sameCase),
		textDefault(connection("connection_string_options", "connectionStringOptions"), &c.ConnectionStringOptions, "", a),
		userFilesValue{connection("user_files", "userFiles"), &c.UserFiles},
	}
}

// authenticationMethod is the attribute of the technologies that have several. An empty fallback means that the key is
// left out when it is not configured.
func authenticationMethod(fallback string, methods ...string) map[string]schema.Attribute {
	attribute := schema.StringAttribute{
		MarkdownDescription: "How Immuta authenticates, in Immuta's own words: `" + strings.Join(methods, "`, `") + "`. ",
		Optional:            true,
		Validators:          []validator.String{stringvalidator.OneOf(methods...)},
	}
	if fallback == "" {
		attribute.MarkdownDescription += "When it is not configured, none is sent."
	} else {
		attribute.MarkdownDescription += "Default: `" + fallback + "`."
		attribute.Computed = true
		attribute.Default = stringdefault.StaticString(fallback)
	}
	return map[string]schema.Attribute{"authentication_method": attribute}
}

// authenticationMethodValue maps that attribute. Without a default, the key is left out when nothing is configured.
func authenticationMethodValue(field *types.String, fallback string, a answer) value {
	m := connection("authentication_method", "authenticationMethod")
	if fallback == "" {
		return metadataText(m, field, a, optionalText)
	}
	return textDefault(m, field, fallback, a)
}

// serverSecrets are the secrets of a server, in both of their forms.
func serverSecrets(server types.Object) []string {
	var secrets []string
	attributes := server.Attributes()
	for name := range attributes {
		if _, ok := attributes[name+"_wo"]; ok {
			secrets = append(secrets, objectText(server, name), objectText(server, name+"_wo"))
		}
	}
	files, _ := attributes["user_files"].(types.List)
	for _, f := range userFiles(files) {
		secrets = append(secrets, f.Content.Kept.ValueString(), f.Content.WriteOnly.ValueString())
	}
	return secrets
}

// handlerSecret is what [tf.SecretAttributes] are told about the secrets of a server.
const handlerSecret = "whenever Immuta is sent the connection,"

// sameVersions compares the versions of the write-only secrets in two servers, of which that is all the state keeps. What is
// not known yet is not the same; a version that leaves the configuration says nothing new.
func sameVersions(before, after attr.Value) bool {
	return slices.EqualFunc(secretVersions(before), secretVersions(after), func(b, a attr.Value) bool {
		return a.IsNull() || !b.IsUnknown() && b.Equal(a)
	})
}

// secretVersions lists the versions in a value, and what is unknown in it.
func secretVersions(in attr.Value) []attr.Value {
	var versions []attr.Value
	switch v := in.(type) {
	case types.Object:
		if v.IsUnknown() {
			return []attr.Value{v}
		}
		members := v.Attributes()
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if member := members[name]; member.IsUnknown() || strings.HasSuffix(name, "_wo_version") {
				versions = append(versions, member)
			} else {
				versions = append(versions, secretVersions(member)...)
			}
		}
	case types.List:
		for _, element := range v.Elements() {
			versions = append(versions, secretVersions(element)...)
		}
	}
	return versions
}

// Login is a user name with a password.
type Login struct {
	Username          types.String `tfsdk:"username"`
	Password          types.String `tfsdk:"password"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.Int64  `tfsdk:"password_wo_version"`
}

func loginAttributes() map[string]schema.Attribute {
	attributes := tf.SecretAttributes("password", "Password of `username`.", handlerSecret)
	attributes["username"] = schema.StringAttribute{
		MarkdownDescription: "The user that Immuta connects as.",
		Optional:            true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	return attributes
}

func (l *Login) secret() tf.Secret {
	return tf.Secret{Kept: l.Password, WriteOnly: l.PasswordWO, Version: l.PasswordWOVersion}
}

func (l *Login) values(a answer) []value {
	return []value{
		metadataText(connection("username", "username"), &l.Username, a, optionalText),
		newSecretValue(connection("password", "password"), l.secret()),
	}
}

// validate checks a login that may or must have a user name.
func (l *Login) validate(at path.Path, needsUser bool) diag.Diagnostics {
	diags := l.secret().Validate(at, "password")
	if needsUser && l.Username.IsNull() {
		diags.AddAttributeError(at.AtName("username"), "The user name is missing",
			"This way of authenticating needs "+at.AtName("username").String()+". "+tf.Misspelled)
	}
	return diags
}

// passwordServer is the model of a server whose technology authenticates by user name and password alone: no other method
// is in any known payload (H).
type passwordServer struct {
	Connection
	Login
}

func (s *passwordServer) values(defaultPort int64, a answer) []value {
	return append(s.Connection.values(defaultPort, a), s.Login.values(a)...)
}

func (s *passwordServer) validate(at path.Path) diag.Diagnostics {
	return append(s.Login.validate(at, true), validateUserFiles(at, s.UserFiles)...)
}

func (s *passwordServer) require(at path.Path, why string) diag.Diagnostics {
	return append(s.secret().Require(at, "password", why), requireUserFiles(at, s.UserFiles, why)...)
}
