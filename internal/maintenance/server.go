package maintenance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

const notWriteOnly = " Feed it from a variable marked `sensitive`."

func serverAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"hostname": optionalText("Host name of the server, without scheme or path.", tf.HostName()),
		"port":     optionalPort("TCP port of the server."),
		"ssl":      schema.BoolAttribute{MarkdownDescription: "Whether Immuta connects to the server over TLS.", Optional: true},
		"database": optionalText("Database, or catalog, of the data sources."),
		"username": optionalText("The user that Immuta connects as. Not for Databricks."),
		"password": optionalText("Password of the user. Not for Databricks." + notWriteOnly),
		"access_token": optionalText("Personal access token, or the token of a service principal. Only for Databricks." +
			notWriteOnly),
		"authentication_method": optionalText("How Immuta authenticates, in Immuta's own words, as in the resources of data sources. Only for " +
			"Snowflake, Databricks and Trino."),
		"warehouse": optionalText("Virtual warehouse that runs Immuta's queries. Only for Snowflake."),
		"http_path": optionalText("HTTP path of the SQL warehouse or cluster that runs Immuta's queries. Only for Databricks."),
		"connection_string_options": schema.StringAttribute{
			MarkdownDescription: "Further options of the driver, as `key=value` pairs separated by semicolons. `\"\"` clears them.", Optional: true,
		},
		"user_files": schema.ListNestedAttribute{
			MarkdownDescription: "Files that the connection needs, such as a private key or a certificate. They replace all files that it has.",
			Optional:            true,
			Validators:          []validator.List{listvalidator.SizeAtLeast(1)},
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"key_name":  requiredText("What the file is for, in Immuta's words, such as `PRIV_KEY_FILE`."),
				"file_name": requiredText("Name of the file, as Immuta shows it."),
				"content": requiredText("The file, base64-encoded: `filebase64(\"key.p8\")` or `base64encode(var.key)`."+notWriteOnly,
					tf.Base64()),
			}},
		},
	}
}

// serverValidator checks that a server has something in it, and no key of another technology than its own.
type serverValidator map[string]tf.Connection

func (serverValidator) Description(context.Context) string {
	return "the server has at least one key, and only those of its technology"
}

func (v serverValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v serverValidator) ValidateAction(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var m connectionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || !tf.Known(m.Server) {
		return
	}
	at, given := path.Root("server"), given(m.Server)
	if len(given) == 0 {
		resp.Diagnostics.AddAttributeError(at, "Nothing to change", "Give at least one key of server. "+tf.Misspelled)
	}
	if !tf.Known(m.Technology) {
		return
	}
	name := m.Technology.ValueString()
	for _, key := range given {
		if _, ok := v[name].Keys[key]; !ok {
			resp.Diagnostics.AddAttributeError(at.AtName(key), "A key of another technology", fmt.Sprintf(
				"server.%s means nothing to the technology %q, which has: %s.", key, name,
				strings.Join(slices.Sorted(maps.Keys(v[name].Keys)), ", ")))
		}
	}
}

// given are the keys of an object that are not null.
func given(server types.Object) []string {
	attributes := server.Attributes()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(attributes)), func(key string) bool { return attributes[key].IsNull() })
}

// serverToAPI is what is given of a server, and nothing else. Keys are as in [tf.Connection].
func serverToAPI(server types.Object, keys map[string]string) immuta.Metadata {
	changes := immuta.Metadata{}
	for _, key := range given(server) {
		switch value := server.Attributes()[key].(type) {
		case types.String:
			changes.Set(keys[key], value.ValueString())
		case types.Int64:
			changes.Set(keys[key], value.ValueInt64())
		case types.Bool:
			changes.Set(keys[key], value.ValueBool())
		case types.List:
			changes.Set(keys[key], tf.Each(tf.Objects(value), userFileToAPI))
		}
	}
	return changes
}

func userFileToAPI(file types.Object) immuta.UserFile {
	text := func(name string) string { return tf.Attribute[types.String](file, name).ValueString() }
	return immuta.UserFile{KeyName: text("key_name"), Name: text("file_name"), Content: text("content")}
}

// secretsIn are the secrets of a server, as far as they are known.
func secretsIn(server types.Object) []string {
	secrets := []string{
		tf.Attribute[types.String](server, "password").ValueString(), tf.Attribute[types.String](server, "access_token").ValueString(),
	}
	for _, file := range tf.Objects(tf.Attribute[types.List](server, "user_files")) {
		secrets = append(secrets, tf.Attribute[types.String](file, "content").ValueString())
	}
	return secrets
}
