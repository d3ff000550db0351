package handler_test

import (
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// keyPair are the changes that make a server authenticate with a private key.
func keyPair(changes ...attrs) attrs {
	key := attrs{"key_name": "PRIV_KEY_FILE", "file_name": "key.p8", "content_wo": "a2V5", "content_wo_version": 1}
	login := attrs{"server.password_wo": nil, method: "keyPair", "server.user_files": []any{key}}
	return merged(append([]attrs{login}, changes...)...)
}

const (
	method     = "server.authentication_method"
	keyName    = "server.user_files.0.key_name"
	keyContent = "server.user_files.0.content"
	keyHidden  = "server.user_files.0.content_wo"
	keyVersion = "server.user_files.0.content_wo_version"
)

// byPrefix finds a technology.
func byPrefix(prefix string) technology {
	for _, tech := range technologies() {
		if tech.prefix == prefix {
			return tech
		}
	}
	panic("no technology " + prefix)
}

func TestProtocolBadInputNamesTheAttribute(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	column := func(name string) attrs { return attrs{"name": name, "data_type": "text", "remote_type": "varchar"} }
	const (
		ldap     = "LDAP Authentication"
		kerberos = "Kerberos Authentication"
		pem      = "-----BEGIN PRIVATE KEY-----"
	)
	for prefix, tests := range map[string]map[string]struct {
		changes attrs
		at      string
		says    string
	}{
		"snowflake": {
			"port 0":                            {attrs{"server.port": 0}, "server.port", "65535"},
			"port 70000":                        {attrs{"server.port": 70000}, "server.port", "65535"},
			"an empty hostname":                 {attrs{"server.hostname": ""}, "server.hostname", "length"},
			"an empty warehouse":                {attrs{"server.warehouse": ""}, "server.warehouse", "length"},
			"no warehouse":                      {attrs{"server.warehouse": nil}, "server.warehouse", "required"},
			"no database":                       {attrs{"server.database": nil}, "server.database", "required"},
			"both forms of the password":        {attrs{"server.password": "x"}, "server.password", "not both"},
			"no password":                       {attrs{"server.password_wo": nil}, "server.password_wo", "password_wo"},
			"an empty password":                 {attrs{"server.password_wo": ""}, "server.password_wo", "length"},
			"no user name":                      {attrs{"server.username": nil}, "server.username", "username"},
			"another authentication method":     {attrs{method: "kerberos"}, method, "keyPair"},
			"a key pair without any file":       {keyPair(attrs{"server.user_files": nil}), "server.user_files", "PRIV_KEY_FILE"},
			"a key pair without its file":       {keyPair(attrs{keyName: "CERT"}), "server.user_files", "PRIV_KEY_FILE"},
			"a key pair without a user name":    {keyPair(attrs{"server.username": nil}), "server.username", "username"},
			"a password beside a key pair":      {keyPair(attrs{"server.password_wo": "x"}), "server.password", "keyPair"},
			"a key file without a key pair":     {keyPair(attrs{method: nil, "server.password_wo": "x"}), "server.user_files", "keyPair"},
			"both forms of a file":              {keyPair(attrs{keyContent: "a2V5"}), keyContent, "not both"},
			"neither form of a file":            {keyPair(attrs{keyHidden: nil, keyVersion: nil}), keyHidden, "content_wo"},
			"a version without its file":        {keyPair(attrs{keyHidden: nil, keyContent: "a2V5"}), keyVersion, "content_wo"},
			"a file that is not base64":         {keyPair(attrs{keyHidden: pem}), keyHidden, "filebase64"},
			"a kept file that is not base64":    {keyPair(attrs{keyHidden: nil, keyVersion: nil, keyContent: pem}), keyContent, "filebase64"},
			"a file of nothing":                 {attrs{"server.user_files": []any{nil}}, keyName, "required"},
			"an empty name":                     {attrs{"name": ""}, "name", "255"},
			"no name":                           {attrs{"name": nil}, "name", "required"},
			"a name of 256 characters":          {attrs{"name": strings.Repeat("é", 256)}, "name", "255"},
			"a table name of 256 characters":    {attrs{"sql_table_name": strings.Repeat("x", 256)}, "sql_table_name", "255"},
			"a malformed expiration":            {attrs{"expiration": "2027-01-01"}, "expiration", "RFC 3339"},
			"an expiration that does not exist": {attrs{"expiration": "2027-02-30T00:00:00Z"}, "expiration", "RFC 3339"},
			"a negative tolerance":              {attrs{"stale_data_tolerance": -1}, "stale_data_tolerance", "at least 0"},
			"additional metadata of a list":     {attrs{"additional_metadata": `["useCertificate"]`}, "additional_metadata", "jsonencode"},
			"additional metadata of null":       {attrs{"additional_metadata": `null`}, "additional_metadata", "jsonencode"},
			"additional metadata of no JSON":    {attrs{"additional_metadata": `{useCertificate: true}`}, "additional_metadata", "JSON"},
			"additional metadata that repeats":  {attrs{"additional_metadata": `{"warehouse": "X"}`}, "additional_metadata", "warehouse"},
			"additional metadata with secrets":  {attrs{"additional_metadata": `{"password": "X"}`}, "additional_metadata", "password"},
			"additional metadata with a view":   {attrs{"additional_metadata": `{"nativeViewName": "X"}`}, "additional_metadata", "nativeViewName"},
			"a column twice":                    {attrs{"columns": []any{column("ID"), column("NAME"), column("ID")}}, "columns.2.name", "ID"},
			"a column of nothing":               {attrs{"columns": []any{nil}}, "columns.0.name", "required"},
			"no columns":                        {attrs{"columns": []any{}}, "columns", "at least 1"},
			"neither table nor query":           {attrs{"remote_table": nil, "remote_schema": nil}, "remote_table", "query"},
			"a schema without table":            {attrs{"remote_table": nil}, "remote_table", "query"},
			"a table without schema":            {attrs{"remote_schema": nil}, "remote_schema", "remote_schema"},
			"both table and query":              {attrs{"query": "select 1"}, "query", "Remove one"},
			"a query with a schema":             {attrs{"query": "select 1", "remote_table": nil}, "query", "Remove one"},
			"an empty query":                    {attrs{"query": "", "remote_table": nil, "remote_schema": nil}, "query", "length"},
			"on_destroy":                        {attrs{"on_destroy": "keep"}, "on_destroy", "abandon"},
			"half of a catalog link":            {attrs{"catalog_metadata.id": "1"}, "catalog_metadata.provider", "required"},
			"schema evolution of nobody":        {attrs{"schema_evolution.disabled": true}, "schema_evolution.owner_profile_id", "required"},
			"a timeout without unit":            {attrs{"timeouts.create": "10"}, "timeouts.create", "unit suffix"},
			"a version without its password": {
				attrs{"server.password_wo": nil, "server.password": "x", "server.password_wo_version": 1},
				"server.password_wo_version", "password_wo",
			},
			"a schema of nothing": {
				attrs{"schema_evolution": attrs{"owner_profile_id": 7, "schemas": []any{"SALES", nil}}}, "schema_evolution.schemas", "null",
			},
		},
		"databricks": {
			"no HTTP path":       {attrs{"server.http_path": nil}, "server.http_path", "required"},
			"an empty HTTP path": {attrs{"server.http_path": ""}, "server.http_path", "length"},
			"no token":           {attrs{"server.access_token_wo": nil}, "server.access_token_wo", "access_token_wo"},
			"both tokens":        {attrs{"server.access_token": "x"}, "server.access_token", "not both"},
			"another method":     {attrs{method: "userPassword"}, method, "Access Token"},
		},
		"redshift": {
			"no password":  {attrs{"server.password_wo": nil}, "server.password_wo", "password_wo"},
			"no user name": {attrs{"server.username": nil}, "server.username", "username"},
		},
		"asa": {
			"no password":    {attrs{"server.password_wo": nil}, "server.password_wo", "password_wo"},
			"both passwords": {attrs{"server.password": "x"}, "server.password", "not both"},
		},
		"trino": {
			"another method":            {attrs{method: "LDAP"}, method, ldap},
			"LDAP without a password":   {attrs{method: ldap, "server.password_wo": nil}, "server.password_wo", "password_wo"},
			"LDAP without a user name":  {attrs{method: ldap, "server.username": nil}, "server.username", "username"},
			"a password without a user": {attrs{"server.username": nil}, "server.username", "username"},
			"Kerberos with a password":  {attrs{method: kerberos}, "server.password", ldap},
			"Kerberos without a user": {
				attrs{method: kerberos, "server.password_wo": nil, "server.username": nil}, "server.username", "username",
			},
			"no login with a user name": {attrs{method: "No Authentication", "server.password_wo": nil}, "server.username", "no user name"},
			"OAuth with a password":     {attrs{method: "OAuth 2.0", "server.username": nil}, "server.password", "no password"},
		},
		"native-s3": {
			"an empty prefix":        {attrs{"prefix": ""}, "prefix", "length"},
			"no prefix":              {attrs{"prefix": nil}, "prefix", "required"},
			"integration 0":          {attrs{"integration_id": 0}, "integration_id", "at least 1"},
			"a negative integration": {attrs{"integration_id": -4}, "integration_id", "at least 1"},
		},
	} {
		for name, test := range tests {
			t.Run(prefix+": "+name, func(t *testing.T) {
				t.Parallel()
				tech := byPrefix(prefix)
				config := changed(tech.config, test.changes)
				diags := p.Validate(tech.resourceType, config)
				if len(diags.Errors()) == 0 {
					// Whether a secret is missing depends on what is planned.
					diags = p.TryPlan(acctest.Resource{Type: tech.resourceType}, config)
				}
				diags.WantErrorAt(t, test.at, test.says)
				if strings.Contains(strings.Join(diags.Errors(), ""), pem) {
					t.Fatalf("it quotes a secret: %q", diags.Errors())
				}
			})
		}
	}
}

// TestProtocolGoodInput is the other side: none of the rules refuses what is legal.
func TestProtocolGoodInput(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	for prefix, tests := range map[string]map[string]attrs{
		"snowflake": {
			"the least":                      {},
			"a name of 255 characters":       {"name": strings.Repeat("é", 255)},
			"a kept password":                {"server.password_wo": nil, "server.password": "x"},
			"a version":                      {"server.password_wo_version": 1},
			"ports":                          {"server.port": 65535},
			"a key pair":                     keyPair(),
			"a kept key":                     keyPair(attrs{keyHidden: nil, keyVersion: nil, keyContent: "a2V5"}),
			"another file beside a password": keyPair(attrs{method: nil, "server.password_wo": "x", keyName: "CERT"}),
			"OAuth without anything":         {method: "oAuthClientCredentials", "server.username": nil, "server.password_wo": nil},
			"a query":                        {"query": "select 1", "remote_table": nil, "remote_schema": nil},
			"additional metadata":            {"additional_metadata": `{"useCertificate": true}`},
			"expiration in another zone":     {"expiration": "2027-01-01T02:00:00+02:00"},
			"no tolerance":                   {"stale_data_tolerance": 0},
		},
		"trino": {
			"no login":                   {"server.username": nil, "server.password_wo": nil},
			"Kerberos with a user name":  {method: "Kerberos Authentication", "server.password_wo": nil},
			"a method that is not known": {method: acctest.Unknown, "server.username": nil},
		},
		"databricks": {
			"a token kept in state":  {"server.access_token_wo": nil, "server.access_token": "x"},
			"a token yet to be made": {"server.access_token_wo": acctest.Unknown},
		},
	} {
		for name, changes := range tests {
			t.Run(prefix+": "+name, func(t *testing.T) {
				t.Parallel()
				tech := byPrefix(prefix)
				p.Validate(tech.resourceType, changed(tech.config, changes)).WantNone(t)
			})
		}
	}
}

// TestProtocolUnknownValuesCauseNoFalseErrors plans a create and an update with them.
func TestProtocolUnknownValuesCauseNoFalseErrors(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	evolution := attrs{"schema_evolution": attrs{"owner_profile_id": fake.DefaultProfileID}}
	r := create(t, p, protoConfig(evolution))
	const unknown = acctest.Unknown
	tests := map[string]attrs{
		"table":                 {"remote_table": unknown, "remote_schema": unknown},
		"query alone":           {"query": unknown, "remote_table": nil, "remote_schema": nil},
		"table beside query":    {"query": "select 1", "remote_table": unknown, "remote_schema": unknown},
		"password":              {"server.password_wo": nil, "server.password": unknown},
		"either password":       {"server.password": unknown, "server.password_wo": unknown},
		"method, no password":   {"server.authentication_method": unknown, "server.password_wo": nil},
		"files":                 keyPair(attrs{"server.user_files": unknown}),
		"a file's key name":     keyPair(attrs{keyName: unknown}),
		"a file's content":      keyPair(attrs{keyHidden: unknown}),
		"files beside password": {"server.user_files": unknown},
		"key name, password":    keyPair(attrs{"server.authentication_method": nil, "server.password_wo": "x", keyName: unknown}),
		"names of columns": {"columns": []any{
			attrs{"name": unknown, "data_type": "text", "remote_type": "varchar"},
			attrs{"name": unknown, "data_type": "text", "remote_type": "varchar"},
		}},
		"schemas":          {"schema_evolution.schemas": []any{"SALES", unknown}},
		"all schemas":      {"schema_evolution.schemas": unknown},
		"name of the view": {"native_view": attrs{"name": unknown}},
		"everything else": {
			"description": unknown, "documentation": unknown, "organization": unknown, "private": unknown, "stale_data_tolerance": unknown,
		},
	}
	for _, at := range []string{
		"name", "remote_table", "remote_schema", "query", "server", "server.hostname", "server.port", "server.username", "server.password_wo",
		"server.password_wo_version", "server.authentication_method", "additional_metadata", "expiration", "columns", "schema_evolution",
		"schema_evolution.owner_profile_id", "enabled", "on_destroy", "deletion_protection", "native_view", "catalog_metadata",
	} {
		tests[at] = attrs{at: unknown}
	}
	for name, changes := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := protoConfig(evolution, attrs{"allow_remote_change": true}, changes)
			p.Validate(protoType, config).WantNone(t)
			p.Planned(absent(), config)
			p.Planned(r, config)
		})
	}
}

// TestProtocolUnknownValuesAreApplied plans a create and an update of values that are not known until apply: of some attributes, and
// of the whole server and thus of all that the names derive from.
func TestProtocolUnknownValuesAreApplied(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		create, created attrs
		update, updated attrs
	}{
		"a table": {
			create: attrs{
				"name": "Sales Orders", "remote_table": "SALES", "server.hostname": "sales.example.com", "server.port": 8005,
				"description": "Sales", "columns": []any{attrs{"name": "Sales", "data_type": "text", "remote_type": "varchar"}},
			},
			created: attrs{"name": "Sales Orders", "sql_table_name": "sales"},
			update:  attrs{"name": "Retail Orders", "remote_table": "RETAIL", "server.hostname": "retail.example.com", "server.port": 8006},
			// What Immuta calls the table is left alone.
			updated: attrs{"connection_string": "IMMUTA@retail.example.com:8006/PROD", "sql_table_name": "sales"},
		},
		"a query": {
			create: attrs{
				"name": "Sales by query", "remote_schema": nil, "remote_table": nil, "query": "select 'Sales'",
				"server": snowflake().config.Get("server"),
			},
			created: attrs{"sql_table_name": "sales_by_query", "sql_schema_name": "prod"},
			update:  attrs{"name": "Retail by query", "query": "select 'Retail'"},
			updated: attrs{"name": "Retail by query", "query": "select 'Retail'"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, p := acctest.Start(t, nil)
			apply := func(r acctest.Resource, config acctest.Config, values, want attrs) acctest.Resource {
				open := config
				for at, value := range values {
					if value != nil {
						open = open.With(at, acctest.Unknown)
					}
				}
				plan := p.Planned(r, open)
				acctest.WantAttributes(t, plan.Planned, attrs{"name": acctest.Unknown})
				// The connection of a source that exists is as it was, unless it is among what is not known.
				wantOpen := !r.Exists() || values["server.hostname"] != nil
				if isOpen := acctest.Get(plan.Planned, "connection_string") == acctest.Unknown; isOpen != wantOpen {
					t.Errorf("the connection string is open: %t", isOpen)
				}
				r = p.Settled(r, config)
				acctest.WantAttributes(t, r.State, want)
				differences, _ := plan.Planned.Diff(r.State)
				for _, d := range differences {
					if d.Value1 != nil && d.Value1.IsFullyKnown() {
						t.Errorf("Terraform refuses what was planned otherwise: %s", d)
					}
				}
				return r
			}
			config := protoConfig(attrs{"allow_remote_change": true}, test.create)
			r := apply(absent(), config, test.create, test.created)
			apply(r, changed(config, test.update), test.update, test.updated)
		})
	}
}

// TestProtocolUnknownNameOfAQuery leaves the name that derives from it open.
func TestProtocolUnknownNameOfAQuery(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	config := protoConfig(attrs{"name": acctest.Unknown, "query": "select 1", "remote_schema": nil, "remote_table": nil})
	acctest.WantAttributes(t, p.Planned(absent(), config).Planned, attrs{"sql_table_name": acctest.Unknown})
}

func TestProtocolMalformedImportIDs(t *testing.T) {
	t.Parallel()
	env := acctest.NewSerial(t)
	env.Tenant.AddSource(sameTable())
	p := env.Protocol(nil)
	for id, says := range map[string]string{
		"0": "snowflake/22", "-1": "snowflake/22", "orders": "name:Sales Orders", "name:": "name:Sales Orders", "snowflake/": "snowflake/22",
		"snowflake/x": "snowflake/22", "snowflake/-2": "snowflake/22", "/22": "prefix", "redshift/22": "prefix", "57 ": "snowflake/22",
		"99999999999999999999": "snowflake/22", "name:Nobody": "404", "snowflake/1": "404",
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
