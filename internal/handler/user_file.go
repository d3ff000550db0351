package handler

import (
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

// userFile is a file that goes along with a connection, such as a private key.
type userFile struct {
	KeyName  types.String
	FileName types.String
	Content  tf.Secret
}

var userFileType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"key_name": types.StringType, "file_name": types.StringType,
	"content": types.StringType, "content_wo": types.StringType, "content_wo_version": types.Int64Type,
}}

func userFilesAttribute() schema.Attribute {
	attributes := tf.SecretAttributes("content",
		"The file, base64-encoded: `filebase64(\"key.p8\")` or `base64encode(var.key)`.", handlerSecret)
	for _, name := range []string{"content", "content_wo"} {
		if text, ok := attributes[name].(schema.StringAttribute); ok {
			text.Validators = []validator.String{stringvalidator.LengthAtLeast(1), tf.Base64()}
			attributes[name] = text
		}
	}
	attributes["key_name"] = schema.StringAttribute{
		MarkdownDescription: "What the file is for, in Immuta's words, such as `PRIV_KEY_FILE`.",
		Required:            true,
	}
	attributes["file_name"] = schema.StringAttribute{MarkdownDescription: "Name of the file, as Immuta shows it.", Required: true}
	return schema.ListNestedAttribute{
		MarkdownDescription: "Files that the connection needs, such as a private key or a certificate. Immuta never returns them, so drift is " +
			"not detected.",
		Optional:     true,
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

func userFiles(list types.List) []userFile {
	return tf.Each(tf.Objects(list), func(o types.Object) userFile {
		return userFile{
			KeyName:  tf.Attribute[types.String](o, "key_name"),
			FileName: tf.Attribute[types.String](o, "file_name"),
			Content: tf.Secret{
				Kept:      tf.Attribute[types.String](o, "content"),
				WriteOnly: tf.Attribute[types.String](o, "content_wo"),
				Version:   tf.Attribute[types.Int64](o, "content_wo_version"),
			},
		}
	})
}

// userFilesToAPI is never nil: all known payloads send the array, if only an empty one (H).
func userFilesToAPI(list types.List) []immuta.UserFile {
	return tf.Each(userFiles(list), func(f userFile) immuta.UserFile {
		content, _ := f.Content.Value()
		return immuta.UserFile{KeyName: f.KeyName.ValueString(), Name: f.FileName.ValueString(), Content: content}
	})
}

func validateUserFiles(at path.Path, list types.List) diag.Diagnostics {
	var diags diag.Diagnostics
	for i, f := range userFiles(list) {
		diags.Append(f.Content.Validate(at.AtName("user_files").AtListIndex(i), "content")...)
	}
	return diags
}

func requireUserFiles(at path.Path, list types.List, why string) diag.Diagnostics {
	var diags diag.Diagnostics
	for i, f := range userFiles(list) {
		diags.Append(f.Content.Require(at.AtName("user_files").AtListIndex(i), "content", why)...)
	}
	return diags
}

// hasUserFile tells whether a file for key is there; unknown while the configuration does not say.
func hasUserFile(list types.List, key string) types.Bool {
	if list.IsUnknown() {
		return types.BoolUnknown()
	}
	has := types.BoolValue(false)
	for _, f := range userFiles(list) {
		if f.KeyName.ValueString() == key {
			return types.BoolValue(true)
		}
		if f.KeyName.IsUnknown() {
			has = types.BoolUnknown()
		}
	}
	return has
}
