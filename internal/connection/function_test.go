package connection_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/connection"
)

// call runs a function as the framework does.
func call(t *testing.T, f function.Function, arguments ...attr.Value) (attr.Value, *function.FuncError) {
	t.Helper()
	var definition function.DefinitionResponse
	f.Definition(t.Context(), function.DefinitionRequest{}, &definition)
	empty, err := definition.Definition.Return.NewResultData(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	resp := function.RunResponse{Result: empty}
	f.Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData(arguments)}, &resp)
	return resp.Result.Value(), resp.Error
}

func TestConnectionStrings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		user, host string
		port       int64
		database   string
	}{
		"IMMUTA@acme.snowflakecomputing.com:443/PROD":           {"IMMUTA", "acme.snowflakecomputing.com", 443, "PROD"},
		"svc@corp.example.com@ws.example.net:1433/sales":        {"svc@corp.example.com", "ws.example.net", 1433, "sales"},
		"dbc.cloud.databricks.com:443/hive_metastore":           {"", "dbc.cloud.databricks.com", 443, "hive_metastore"},
		"u@[2001:db8::1]:5439/dev":                              {"u", "2001:db8::1", 5439, "dev"},
		"u@h:65535/a/b":                                         {"u", "h", 65535, "a/b"},
		"u@h:1/":                                                {"u", "h", 1, ""},
		"domain\\user name@host.example.com:443/Sales and more": {"domain\\user name", "host.example.com", 443, "Sales and more"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			kinds := map[string]attr.Type{
				"username": types.StringType, "hostname": types.StringType, "port": types.Int64Type, "database": types.StringType,
			}
			user, host := types.StringValue(want.user), types.StringValue(want.host)
			port, database := types.Int64Value(want.port), types.StringValue(want.database)
			parsed, err := call(t, connection.NewParseConnectionString(), types.StringValue(text))
			if object := types.ObjectValueMust(kinds, map[string]attr.Value{
				"username": user, "hostname": host, "port": port, "database": database,
			}); err != nil || !parsed.Equal(object) {
				t.Errorf("%v, %v, want %v", parsed, err, object)
			}
			written, err := call(t, connection.NewConnectionString(), user, host, port, database)
			if err != nil || !written.Equal(types.StringValue(text)) {
				t.Errorf("%v, %v", written, err)
			}
		})
	}
}

func TestConnectionStringsThatAreNone(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"": "no database", "u@h:443": "no database", "u@h/db": "no host name with a port", "u@:443/db": "no host name with a port",
		"u@h:0/db": "no port", "u@h:65536/db": "no port", "u@h:x/db": "no port", "u@h:443:1/db": "no host name with a port",
	} {
		if _, err := call(t, connection.NewParseConnectionString(), types.StringValue(text)); err == nil || !strings.Contains(err.Text, says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	text, number := types.StringValue("x"), types.Int64Value(443)
	for name, test := range map[string]struct {
		arguments []attr.Value
		at        int64
	}{
		"no host":         {[]attr.Value{text, types.StringValue(""), number, text}, 1},
		"a URL":           {[]attr.Value{text, types.StringValue("https://h"), number, text}, 1},
		"port 0":          {[]attr.Value{text, text, types.Int64Value(0), text}, 2},
		"too high a port": {[]attr.Value{text, text, types.Int64Value(65536), text}, 2},
	} {
		if _, err := call(t, connection.NewConnectionString(), test.arguments...); err == nil || *err.FunctionArgument != test.at {
			t.Errorf("%s: %v, want argument %d", name, err, test.at)
		}
	}
}

func FuzzParseConnectionString(f *testing.F) {
	f.Add("IMMUTA@acme.snowflakecomputing.com:443/PROD")
	f.Add("u@[2001:db8::1]:5439/dev")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := call(t, connection.NewParseConnectionString(), types.StringValue(text))
		if err != nil {
			return
		}
		object, ok := parsed.(types.Object)
		if !ok {
			t.Fatalf("%T", parsed)
		}
		a := object.Attributes()
		written, err := call(t, connection.NewConnectionString(), a["username"], a["hostname"], a["port"], a["database"])
		if err != nil {
			return // A host with a separator in it is written nowhere.
		}
		if again, err := call(t, connection.NewParseConnectionString(), written); err != nil || !again.Equal(parsed) {
			t.Errorf("%q reads as %v, which is written as %v and reads as %v (%v)", text, parsed, written, again, err)
		}
	})
}
