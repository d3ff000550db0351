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
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

// Server is how a technology connects: the server attribute and its conversions.
type Server struct {
	// Attributes are all attributes of the server object.
	Attributes map[string]schema.Attribute
	// ToAPI adds the server's keys to the metadata, secrets included.
	ToAPI func(ctx context.Context, server types.Object, metadata immuta.Metadata) diag.Diagnostics
	// FromAPI takes over Immuta's answer on top of the prior object. Secrets and user files stay as they were.
	FromAPI func(ctx context.Context, prior types.Object, metadata immuta.Metadata) (types.Object, diag.Diagnostics)
	// Validate checks what no single attribute can. Values may be unknown.
	Validate func(ctx context.Context, at path.Path, server types.Object) diag.Diagnostics
}

// serverOf makes a Server of a typed model S, given its own attributes and conversions.
func serverOf[S any](
	attributes map[string]schema.Attribute,
	toAPI func(*S, immuta.Metadata),
	fromAPI func(*S, immuta.Metadata),
	validate func(*S, path.Path) diag.Diagnostics,
) Server {
	attributeTypes := map[string]attr.Type{}
	for name, a := range attributes {
		attributeTypes[name] = a.GetType()
	}
	decode := func(ctx context.Context, server types.Object) (*S, diag.Diagnostics) {
		s := new(S)
		return s, server.As(ctx, s, objectAs)
	}
	return Server{
		Attributes: attributes,
		ToAPI: func(ctx context.Context, server types.Object, metadata immuta.Metadata) diag.Diagnostics {
			s, diags := decode(ctx, server)
			toAPI(s, metadata)
			return diags
		},
		FromAPI: func(ctx context.Context, prior types.Object, metadata immuta.Metadata) (types.Object, diag.Diagnostics) {
			s, diags := decode(ctx, prior)
			fromAPI(s, metadata)
			object, more := types.ObjectValueFrom(ctx, attributeTypes, s)
			return object, append(diags, more...)
		},
		Validate: func(ctx context.Context, at path.Path, server types.Object) diag.Diagnostics {
			s, diags := decode(ctx, server)
			return append(diags, validate(s, at)...)
		},
	}
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
			MarkdownDescription: "Host name of the server. A difference in case only is no drift.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"port": schema.Int64Attribute{
			MarkdownDescription: fmt.Sprintf("TCP port of the server. Default: `%d`.", defaultPort),
			Optional:            true,
			Validators:          []validator.Int64{int64validator.Between(1, 65535)},
		},
		"ssl": schema.BoolAttribute{
			MarkdownDescription: "Whether Immuta connects to the server over TLS. Default: `true`.",
			Optional:            true,
		},
		"database": schema.StringAttribute{
			MarkdownDescription: database + " A difference in case only is no drift.",
			Required:            true,
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"connection_string_options": schema.StringAttribute{
			MarkdownDescription: "Further options of the driver, as `key=value` pairs separated by semicolons. Kept in the state in plain text: no place for secrets. Default: none.",
			Optional:            true,
		},
		"user_files": userFilesAttribute(),
	}
	for _, o := range own {
		maps.Copy(attributes, o)
	}
	return attributes
}

func (c *Connection) toAPI(md immuta.Metadata, defaultPort int64) {
	port, ssl := defaultPort, true
	if tf.Known(c.Port) {
		port = c.Port.ValueInt64()
	}
	if tf.Known(c.SSL) {
		ssl = c.SSL.ValueBool()
	}
	md.Set("hostname", c.Hostname.ValueString())
	md.Set("port", port)
	md.Set("ssl", ssl)
	md.Set("database", c.Database.ValueString())
	md.Set("connectionStringOptions", c.ConnectionStringOptions.ValueString())
	md.Set("userFiles", userFilesToAPI(c.UserFiles))
}

func (c *Connection) fromAPI(md immuta.Metadata, defaultPort int64) {
	c.Hostname = sameCase(c.Hostname, immuta.Lookup[immuta.Text](md, "hostname"))
	if port := immuta.Lookup[immuta.Int](md, "port"); port.Value != nil {
		c.Port = defaulted(c.Port, types.Int64Value(int64(*port.Value)), types.Int64Value(defaultPort), types.Int64Null())
	}
	if ssl := immuta.Lookup[immuta.Bool](md, "ssl"); ssl.Value != nil {
		c.SSL = defaulted(c.SSL, types.BoolValue(bool(*ssl.Value)), types.BoolValue(true), types.BoolNull())
	}
	c.Database = sameCase(c.Database, immuta.Lookup[immuta.Text](md, "database"))
	c.ConnectionStringOptions = keptString(c.ConnectionStringOptions, immuta.Lookup[immuta.Text](md, "connectionStringOptions"))
	if c.UserFiles.IsNull() {
		c.UserFiles = types.ListNull(userFileType)
	}
}

// authenticationMethod is the attribute of the technologies that have several. An empty standard means that the key is
// left out when it is not configured.
func authenticationMethod(standard string, methods ...string) map[string]schema.Attribute {
	text := "How Immuta authenticates, in Immuta's own words: `" + strings.Join(methods, "`, `") + "`. "
	if standard != "" {
		text += "Default: `" + standard + "`."
	} else {
		text += "When it is not configured, none is sent."
	}
	return map[string]schema.Attribute{"authentication_method": schema.StringAttribute{
		MarkdownDescription: text,
		Optional:            true,
		Validators:          []validator.String{stringvalidator.OneOf(methods...)},
	}}
}

// methodToAPI and methodFromAPI convert authentication_method.
func methodToAPI(md immuta.Metadata, method types.String, standard string) {
	if tf.Known(method) {
		md.Set("authenticationMethod", method.ValueString())
	} else if standard != "" {
		md.Set("authenticationMethod", standard)
	}
}

func methodFromAPI(prior types.String, md immuta.Metadata, standard string) types.String {
	got := keptString(prior, immuta.Lookup[immuta.Text](md, "authenticationMethod"))
	return defaulted(prior, got, types.StringValue(standard), types.StringNull())
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

// What [tf.SecretAttributes] and [tf.Secret.Validate] are told about the secrets of a server.
const (
	handlerSecret = "with every change of the handler"
	missingSecret = "This way of authenticating"
)

// sameVersions compares the versions of the write-only secrets in two servers, of which that is all the state keeps. What is
// not known yet is not the same.
func sameVersions(a, b attr.Value) bool {
	x, y := secretVersions(a), secretVersions(b)
	return slices.EqualFunc(x, y, func(v, w attr.Value) bool { return !v.IsUnknown() && v.Equal(w) })
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

// loginKeys are the metadata keys of a [Login].
func loginKeys() tf.Fields {
	return tf.Fields{"username": path.Root("server").AtName("username"), "password": path.Root("server").AtName("password")}
}

// methodKey is the metadata key of authentication_method.
func methodKey() tf.Fields { return serverKey("authenticationMethod", "authentication_method") }

// serverKey says which attribute of server a metadata key comes from.
func serverKey(key, attribute string) tf.Fields {
	return tf.Fields{key: path.Root("server").AtName(attribute)}
}

func (l *Login) secret() tf.Secret {
	return tf.Secret{Kept: l.Password, WriteOnly: l.PasswordWO, Version: l.PasswordWOVersion}
}

func (l *Login) toAPI(md immuta.Metadata) {
	if tf.Known(l.Username) {
		md.Set("username", l.Username.ValueString())
	}
	if password, ok := l.secret().Value(); ok {
		md.Set("password", password)
	}
}

func (l *Login) fromAPI(md immuta.Metadata) {
	l.Username = keptString(l.Username, immuta.Lookup[immuta.Text](md, "username"))
}

// validate checks a login where user name and password may or must be there.
func (l *Login) validate(at path.Path, needsUser, needsPassword bool) diag.Diagnostics {
	var diags diag.Diagnostics
	if needsUser && l.Username.IsNull() {
		diags.AddAttributeError(at.AtName("username"), "The user name is missing", "This way of authenticating needs username.")
	}
	return append(diags, l.secret().Validate(at, "password", needsPassword, missingSecret)...)
}

// passwordServer is the model of a server whose technology authenticates by user name and password alone: no other method
// is in any known payload (H).
type passwordServer struct {
	Connection
	Login
}

// loginServer describes such a server.
func loginServer(defaultPort int64, database string) Server {
	return serverOf(connectionAttributes(defaultPort, database, loginAttributes()),
		func(s *passwordServer, md immuta.Metadata) {
			s.Connection.toAPI(md, defaultPort)
			s.Login.toAPI(md)
		},
		func(s *passwordServer, md immuta.Metadata) {
			s.Connection.fromAPI(md, defaultPort)
			s.Login.fromAPI(md)
		},
		func(s *passwordServer, at path.Path) diag.Diagnostics {
			return append(s.Login.validate(at, true, true), validateUserFiles(at, s.UserFiles)...)
		})
}
