package handler_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// keyPair is a server that authenticates with a private key.
func keyPair(changes ...attrs) attrs {
	server := protoServer(attrs{
		"password_wo": nil, "password_wo_version": nil, "authentication_method": "keyPair",
		"user_files": []any{privateKey(nil)},
	})
	for _, c := range changes {
		maps.Copy(server, c)
	}
	return server
}

func privateKey(changes attrs) attrs {
	file := attrs{"key_name": "PRIV_KEY_FILE", "file_name": "key.p8", "content_wo": "a2V5", "content_wo_version": 1}
	maps.Copy(file, changes)
	return file
}

func inServer(changes attrs) attrs { return attrs{"server": protoServer(changes)} }

func TestProtocolBadInputNamesTheAttribute(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	columns := []any{
		attrs{"name": "ID", "data_type": "integer", "remote_type": "number"},
		attrs{"name": "NAME", "data_type": "text", "remote_type": "varchar"},
		attrs{"name": "ID", "data_type": "integer", "remote_type": "number"},
	}
	for name, test := range map[string]struct {
		changes attrs
		at      string
		says    string
	}{
		"port 0":                            {inServer(attrs{"port": 0}), "server.port", "65535"},
		"port 70000":                        {inServer(attrs{"port": 70000}), "server.port", "65535"},
		"an empty hostname":                 {inServer(attrs{"hostname": ""}), "server.hostname", "length"},
		"an empty warehouse":                {inServer(attrs{"warehouse": ""}), "server.warehouse", "length"},
		"no warehouse":                      {inServer(attrs{"warehouse": nil}), "server.warehouse", "required"},
		"no database":                       {inServer(attrs{"database": nil}), "server.database", "required"},
		"both forms of the password":        {inServer(attrs{"password": "x"}), "server.password", "not both"},
		"no password":                       {inServer(attrs{"password_wo": nil, "password_wo_version": nil}), "server.password_wo", "password_wo"},
		"an empty password":                 {inServer(attrs{"password_wo": ""}), "server.password_wo", "length"},
		"a version without its password":    {inServer(attrs{"password_wo": nil, "password": "x"}), "server.password_wo_version", "password_wo"},
		"no user name":                      {inServer(attrs{"username": nil}), "server.username", "username"},
		"another authentication method":     {inServer(attrs{"authentication_method": "kerberos"}), "server.authentication_method", "keyPair"},
		"a key pair without any file":       {attrs{"server": keyPair(attrs{"user_files": nil})}, "server.user_files", "PRIV_KEY_FILE"},
		"a key pair without its file":       {attrs{"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"key_name": "CERT"})}})}, "server.user_files", "PRIV_KEY_FILE"},
		"a key pair without a user name":    {attrs{"server": keyPair(attrs{"username": nil})}, "server.username", "username"},
		"a password beside a key pair":      {attrs{"server": keyPair(attrs{"password_wo": "x"})}, "server.password", "keyPair"},
		"a key file without a key pair":     {inServer(attrs{"user_files": []any{privateKey(nil)}}), "server.user_files", "keyPair"},
		"both forms of a file":              {attrs{"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"content": "a2V5"})}})}, "server.user_files.0.content", "not both"},
		"neither form of a file":            {attrs{"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": nil, "content_wo_version": nil})}})}, "server.user_files.0.content_wo", "content_wo"},
		"a version without its file":        {attrs{"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": nil, "content": "a2V5"})}})}, "server.user_files.0.content_wo_version", "content_wo"},
		"a file that is not base64":         {attrs{"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": "-----BEGIN"})}})}, "server.user_files.0.content_wo", "filebase64"},
		"a kept file that is not base64":    {attrs{"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": nil, "content_wo_version": nil, "content": "not base64"})}})}, "server.user_files.0.content", "filebase64"},
		"an empty name":                     {attrs{"name": ""}, "name", "255"},
		"no name":                           {attrs{"name": nil}, "name", "required"},
		"a name of 256 characters":          {attrs{"name": strings.Repeat("é", 256)}, "name", "255"},
		"a table name of 256 characters":    {attrs{"sql_table_name": strings.Repeat("x", 256)}, "sql_table_name", "255"},
		"a malformed expiration":            {attrs{"expiration": "2027-01-01"}, "expiration", "RFC3339"},
		"an expiration that does not exist": {attrs{"expiration": "2027-02-30T00:00:00Z"}, "expiration", "RFC3339"},
		"a negative tolerance":              {attrs{"stale_data_tolerance": -1}, "stale_data_tolerance", "at least 0"},
		"additional metadata of a list":     {attrs{"additional_metadata": `["useCertificate"]`}, "additional_metadata", "jsonencode"},
		"additional metadata of null":       {attrs{"additional_metadata": `null`}, "additional_metadata", "jsonencode"},
		"additional metadata of no JSON":    {attrs{"additional_metadata": `{useCertificate: true}`}, "additional_metadata", "JSON"},
		"additional metadata that repeats":  {attrs{"additional_metadata": `{"useCertificate": true, "warehouse": "X"}`}, "additional_metadata", "warehouse"},
		"additional metadata with secrets":  {attrs{"additional_metadata": `{"password": "X"}`}, "additional_metadata", "password"},
		"additional metadata with a view":   {attrs{"additional_metadata": `{"nativeViewName": "X"}`}, "additional_metadata", "nativeViewName"},
		"a column twice":                    {attrs{"columns": columns}, "columns.2.name", "ID"},
		"a column of nothing":               {attrs{"columns": []any{nil}}, "columns.0.name", "required"},
		"a file of nothing":                 {inServer(attrs{"user_files": []any{nil}}), "server.user_files.0.key_name", "required"},
		"no columns":                        {attrs{"columns": []any{}}, "columns", "at least 1"},
		"neither table nor query":           {attrs{"remote_table": nil, "remote_schema": nil}, "remote_table", "query"},
		"a schema without table":            {attrs{"remote_table": nil}, "remote_table", "query"},
		"a table without schema":            {attrs{"remote_schema": nil}, "remote_schema", "remote_schema"},
		"both table and query":              {attrs{"query": "select 1"}, "query", "Remove one"},
		"a query with a schema":             {attrs{"query": "select 1", "remote_table": nil}, "query", "Remove one"},
		"an empty query":                    {attrs{"query": "", "remote_table": nil, "remote_schema": nil}, "query", "length"},
		"on_destroy":                        {attrs{"on_destroy": "keep"}, "on_destroy", "abandon"},
		"half of a catalog link":            {attrs{"catalog_metadata": attrs{"id": "1"}}, "catalog_metadata.provider", "required"},
		"schema evolution of nobody":        {attrs{"schema_evolution": attrs{"disabled": true}}, "schema_evolution.owner_profile_id", "required"},
		"a schema of nothing":               {attrs{"schema_evolution": attrs{"owner_profile_id": 7, "schemas": []any{"SALES", nil}}}, "schema_evolution.schemas", "null"},
		"a timeout without unit":            {attrs{"timeouts": attrs{"create": "10"}}, "timeouts.create", "unit suffix"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.Validate(protoType, protoConfig(test.changes)).WantErrorAt(t, test.at, test.says)
		})
	}
}

// TestProtocolGoodInput is the other side: none of the rules refuses what is legal.
func TestProtocolGoodInput(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	for name, changes := range map[string]attrs{
		"the least":                      {},
		"a name of 255 characters":       {"name": strings.Repeat("é", 255)},
		"a kept password":                inServer(attrs{"password_wo": nil, "password_wo_version": nil, "password": "x"}),
		"no version":                     inServer(attrs{"password_wo_version": nil}),
		"ports":                          inServer(attrs{"port": 65535}),
		"a key pair":                     {"server": keyPair()},
		"a kept key":                     {"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": nil, "content_wo_version": nil, "content": "a2V5"})}})},
		"another file beside a password": inServer(attrs{"user_files": []any{privateKey(attrs{"key_name": "CERT"})}}),
		"OAuth without anything":         inServer(attrs{"authentication_method": "oAuthClientCredentials", "username": nil, "password_wo": nil, "password_wo_version": nil}),
		"a query":                        {"query": "select 1", "remote_table": nil, "remote_schema": nil},
		"additional metadata":            {"additional_metadata": `{"useCertificate": true}`},
		"expiration in another zone":     {"expiration": "2027-01-01T02:00:00+02:00"},
		"no tolerance":                   {"stale_data_tolerance": 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.Validate(protoType, protoConfig(changes)).WantNone(t)
		})
	}
}

func TestProtocolUnknownValuesCauseNoFalseErrors(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	p := env.Protocol(nil)
	unknown := acctest.Unknown
	for name, changes := range map[string]attrs{
		"name": {"name": unknown}, "remote_table": {"remote_table": unknown}, "remote_schema": {"remote_schema": unknown},
		"query":                 {"query": unknown},
		"query alone":           {"query": unknown, "remote_table": nil, "remote_schema": nil},
		"table beside query":    {"query": "select 1", "remote_table": unknown, "remote_schema": unknown},
		"server":                {"server": unknown},
		"hostname":              inServer(attrs{"hostname": unknown}),
		"port":                  inServer(attrs{"port": unknown}),
		"password":              inServer(attrs{"password_wo": nil, "password_wo_version": nil, "password": unknown}),
		"write-only password":   inServer(attrs{"password_wo": unknown}),
		"either password":       inServer(attrs{"password": unknown, "password_wo": unknown}),
		"version":               inServer(attrs{"password_wo_version": unknown}),
		"username":              inServer(attrs{"username": unknown}),
		"method":                inServer(attrs{"authentication_method": unknown}),
		"method, no password":   inServer(attrs{"authentication_method": unknown, "password_wo": nil, "password_wo_version": nil}),
		"files":                 {"server": keyPair(attrs{"user_files": unknown})},
		"a file's key name":     {"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"key_name": unknown})}})},
		"a file's content":      {"server": keyPair(attrs{"user_files": []any{privateKey(attrs{"content_wo": unknown})}})},
		"files beside password": inServer(attrs{"user_files": unknown}),
		"key name, password":    inServer(attrs{"user_files": []any{privateKey(attrs{"key_name": unknown})}}),
		"additional metadata":   {"additional_metadata": unknown},
		"expiration":            {"expiration": unknown},
		"columns":               {"columns": unknown},
		"names of columns":      {"columns": []any{attrs{"name": unknown, "data_type": "text", "remote_type": "varchar"}, attrs{"name": unknown, "data_type": "text", "remote_type": "varchar"}}},
		"schemas":               {"schema_evolution": attrs{"owner_profile_id": 7, "schemas": []any{"SALES", unknown}}},
		"schema evolution":      {"schema_evolution": unknown},
		"in schema evolution":   {"schema_evolution": attrs{"owner_profile_id": unknown, "schemas": unknown}},
		"enabled":               {"enabled": unknown},
		"on_destroy":            {"on_destroy": unknown},
		"deletion_protection":   {"deletion_protection": unknown},
		"native view":           {"native_view": unknown},
		"name of the view":      {"native_view": attrs{"name": unknown}},
		"catalog":               {"catalog_metadata": unknown},
		"everything else":       {"description": unknown, "documentation": unknown, "organization": unknown, "private": unknown, "stale_data_tolerance": unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := protoConfig(changes)
			p.Validate(protoType, config).WantNone(t)
			p.Planned(absent(), config)
		})
	}
}

func TestProtocolUnknownValuesInUpdatesCauseNoFalseErrors(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	p := env.Protocol(nil)
	r := create(t, p, protoConfig(attrs{"schema_evolution": attrs{"owner_profile_id": fake.DefaultProfileID}}))
	unknown := acctest.Unknown
	for name, changes := range map[string]attrs{
		"name": {"name": unknown}, "server": {"server": unknown}, "password": inServer(attrs{"password_wo": unknown}), "files": inServer(attrs{"user_files": unknown}),
		"columns": {"columns": unknown}, "additional metadata": {"additional_metadata": unknown}, "enabled": {"enabled": unknown},
		"schema evolution": {"schema_evolution": unknown}, "in schema evolution": {"schema_evolution": attrs{"owner_profile_id": unknown}},
		"table": {"remote_table": unknown, "remote_schema": unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := protoConfig(attrs{"schema_evolution": attrs{"owner_profile_id": fake.DefaultProfileID}}, changes)
			p.Validate(protoType, config).WantNone(t)
			p.Planned(r, config)
		})
	}
}

func TestProtocolMalformedImportIDs(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	env.Tenant.AddSource(sameTable())
	p := env.Protocol(nil)
	for id, says := range map[string]string{
		"0": "snowflake/22", "-1": "snowflake/22", "orders": "name:Sales Orders", "name:": "name:Sales Orders", "snowflake/": "snowflake/22", "snowflake/x": "snowflake/22",
		"snowflake/-2": "snowflake/22", "/22": "prefix", "redshift/22": "prefix", "57 ": "snowflake/22", "99999999999999999999": "snowflake/22",
		"name:Nobody": "404", "snowflake/1": "404",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			r, diags := p.Import(protoType, id)
			diags.WantError(t, says)
			if r.Exists() {
				t.Fatal("imported")
			}
		})
	}
}
