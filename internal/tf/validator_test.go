package tf_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/tf"
)

func TestStringValidators(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		validator validator.String
		good, bad []string
		quoted    bool
	}{
		"base64": {
			tf.Base64(), []string{"", "a2V5", "a2V5\n", "aGk="}, []string{"aGk", "a2V5!", "-----BEGIN PRIVATE KEY-----", "a-_b", "aGk=="}, false,
		},
		"duration": {tf.PositiveDuration(), []string{"1s", "90s", "1h30m", "0.5s", "1ms"}, []string{"", "0s", "-1s", "10", "ten", "1 s"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			validate := func(v types.String) *validator.StringResponse {
				resp := &validator.StringResponse{}
				test.validator.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("x"), ConfigValue: v}, resp)
				return resp
			}
			for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
				if diags := validate(value).Diagnostics; len(diags) > 0 {
					t.Errorf("%s: %v", value, diags)
				}
			}
			for _, value := range test.good {
				if diags := validate(types.StringValue(value)).Diagnostics; len(diags) > 0 {
					t.Errorf("%q: %v", value, diags)
				}
			}
			for _, value := range test.bad {
				diags := validate(types.StringValue(value)).Diagnostics
				if len(diags) != 1 {
					t.Errorf("%q: %v", value, diags)
					continue
				}
				if value != "" && strings.Contains(diags[0].Detail(), value) != test.quoted {
					t.Errorf("%q is quoted: %t, in %s", value, !test.quoted, diags[0].Detail())
				}
			}
			if test.validator.Description(t.Context()) == "" || test.validator.MarkdownDescription(t.Context()) == "" {
				t.Error("no description")
			}
		})
	}
}

// TestBase64NamesTheAttribute: a CLI shows no more of a nested path than its root.
func TestBase64NamesTheAttribute(t *testing.T) {
	t.Parallel()
	resp := &validator.StringResponse{}
	at := path.Root("server").AtName("user_files").AtListIndex(1).AtName("content")
	tf.Base64().ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: types.StringValue("!")}, resp)
	if len(resp.Diagnostics) != 1 || !strings.HasPrefix(resp.Diagnostics[0].Detail(), "server.user_files[1].content: ") {
		t.Errorf("got %v", resp.Diagnostics)
	}
}

func TestSecretValidate(t *testing.T) {
	t.Parallel()
	given, unknownText, version := types.StringValue("x"), types.StringUnknown(), types.Int64Value(1)
	for name, test := range map[string]struct {
		secret   tf.Secret
		required bool
		at       string
	}{
		"kept":                           {tf.Secret{Kept: given}, true, ""},
		"write-only":                     {tf.Secret{WriteOnly: given}, true, ""},
		"write-only with version":        {tf.Secret{WriteOnly: given, Version: version}, true, ""},
		"both":                           {tf.Secret{Kept: given, WriteOnly: given, Version: version}, true, "server.password"},
		"neither, but needed":            {tf.Secret{}, true, "server.password_wo"},
		"neither, not needed":            {tf.Secret{}, false, ""},
		"a version alone":                {tf.Secret{Version: version}, false, ""},
		"a version beside the kept form": {tf.Secret{Kept: given, Version: version}, true, "server.password_wo_version"},
		"perhaps there":                  {tf.Secret{Kept: unknownText}, true, ""},
		"perhaps both":                   {tf.Secret{Kept: unknownText, WriteOnly: given, Version: version}, true, ""},
		"perhaps write-only":             {tf.Secret{WriteOnly: unknownText, Version: version}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := test.secret.Validate(path.Root("server"), "password")
			if test.required {
				diags.Append(test.secret.Require(path.Root("server"), "password", "This needs it.")...)
			}
			if test.at == "" {
				if len(diags) > 0 {
					t.Fatal(diags)
				}
				return
			}
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics: %v", len(diags), diags)
			}
			if at, ok := diags[0].(interface{ Path() path.Path }); !ok || at.Path().String() != test.at {
				t.Fatalf("%v, want it on %s", diags[0], test.at)
			}
		})
	}
}

func TestSecretValue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		secret tf.Secret
		want   string
		ok     bool
	}{
		"kept":       {tf.Secret{Kept: types.StringValue("a")}, "a", true},
		"write-only": {tf.Secret{WriteOnly: types.StringValue("b")}, "b", true},
		"neither":    {tf.Secret{}, "", false},
		"unknown":    {tf.Secret{Kept: types.StringUnknown()}, "", false},
	} {
		if got, ok := test.secret.Value(); got != test.want || ok != test.ok {
			t.Errorf("%s: %q, %t", name, got, ok)
		}
	}
}
