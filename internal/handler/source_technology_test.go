package handler_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/handler"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A technology is what the tests have to know of one. Which attributes it has, they ask the provider's schema.
type technology struct {
	resourceType, prefix, label string

	// config is the least that registers a source, named sourceName. Its only secret, if any, is write-only without a version.
	config acctest.Config
	// seed is the source that config describes, as somebody else would have left it in the tenant.
	seed fake.SourceSpec
	// table is the attribute that names the remote object.
	table string
	// secret is the secret in the form that the state keeps; "" when the technology has none.
	secret string
	// edits are changes of the attributes that this technology alone has.
	edits []edit

	// resource and fake are for a technology that the provider and the tenant do not come with.
	resource func() resource.Resource
	fake     *fake.Technology
}

const (
	sourceName = "Sales Orders"
	password   = "correct-Horse-battery"
)

func technologies() []technology {
	return []technology{
		sqlTechnology("immuta_snowflake_data_source", "snowflake", "Snowflake", login(attrs{"warehouse": "IMMUTA_WH"}),
			edit{at: "server.warehouse", value: "OTHER_WH", handler: "warehouse", drift: "THIRD_WH"},
			edit{
				at: "server.authentication_method", value: "keyPair", handler: "authenticationMethod", drift: "userPassword",
				with: attrs{"server.password_wo": nil, "server.user_files": files("PRIV_KEY_FILE")},
			},
			edit{
				at: "server.authentication_method", value: "oAuthClientCredentials", handler: "authenticationMethod", drift: "userPassword",
				with: attrs{"server.password_wo": nil, "server.username": nil},
			}),
		sqlTechnology("immuta_databricks_data_source", "databricks", "Databricks", attrs{
			"hostname": "acme.example.com", "database": "PROD", "http_path": "/sql/1.0/warehouses/demo", "access_token_wo": password,
		}, edit{at: "server.http_path", value: "/sql/1.0/warehouses/other", handler: "httpPath", drift: "/sql/1.0/warehouses/third"}),
		sqlTechnology("immuta_redshift_data_source", "redshift", "Redshift", login(nil)),
		sqlTechnology("immuta_trino_data_source", "trino", "Trino", login(nil),
			edit{
				at: "server.authentication_method", value: "LDAP Authentication", handler: "authenticationMethod", drift: "No Authentication",
			}),
		sqlTechnology("immuta_azure_synapse_data_source", "asa", "Synapse", login(nil)),
		{
			resourceType: "immuta_s3_data_source", prefix: "native-s3", label: "Native S3",
			config: acctest.Config{"name": sourceName, "integration_id": 4, "prefix": "sales/orders"},
			seed:   fake.SourceSpec{Technology: "Native S3", Name: sourceName, Metadata: attrs{"integrationId": 4, "prefix": "sales/orders"}},
			table:  "prefix",
		},
		postgreSQL(),
	}
}

// postgreSQL is a seventh technology, of which neither the provider nor the tenant knows.
func postgreSQL() technology {
	tech := sqlTechnology("immuta_postgresql_data_source", "pg", "PostgreSQL", login(nil))
	tech.resource = handler.NewPostgreSQL
	tech.fake = &fake.Technology{Prefix: "pg", Label: "PostgreSQL", Port: 5432, Auth: map[string][]string{"": {"username", "password"}}}
	return tech
}

// sqlTechnology is a technology with a SQL server, whose only secret is a password or an access token.
func sqlTechnology(resourceType, prefix, label string, server attrs, edits ...edit) technology {
	secret := "server.password"
	if _, ok := server["access_token_wo"]; ok {
		secret = "server.access_token"
	}
	return technology{
		resourceType: resourceType, prefix: prefix, label: label,
		config: acctest.Config{"name": sourceName, "remote_schema": "SALES", "remote_table": "ORDERS", "server": server},
		seed:   fake.SourceSpec{Technology: label, Name: sourceName, Schema: "SALES", Table: "ORDERS"},
		table:  "remote_table",
		secret: secret, edits: edits,
	}
}

// login is a server with a user name and a password.
func login(more attrs) attrs {
	server := attrs{"hostname": "acme.example.com", "database": "PROD", "username": "IMMUTA", "password_wo": password}
	for key, value := range more {
		server[key] = value
	}
	return server
}

// snowflake stands for all technologies where the lifecycle does not tell them apart.
func snowflake() technology { return technologies()[0] }

func (tech technology) isFirst() bool { return tech.prefix == snowflake().prefix }

// eachTechnology runs a test for every technology.
func eachTechnology(t *testing.T, test func(t *testing.T, tech technology)) {
	t.Helper()
	for _, tech := range technologies() {
		t.Run(tech.prefix, func(t *testing.T) { test(t, tech) })
	}
}

// eachSQLTechnology runs a test for every technology with a SQL server.
func eachSQLTechnology(t *testing.T, test func(t *testing.T, tech technology)) {
	t.Helper()
	eachTechnology(t, func(t *testing.T, tech technology) {
		if tech.hasSQL() {
			test(t, tech)
		}
	})
}

// env is a tenant and a provider that know the technology.
func (tech technology) env(t *testing.T, options ...fake.Option) *acctest.Env {
	t.Helper()
	if tech.fake != nil {
		options = append(options, fake.WithTechnology(*tech.fake))
	}
	env := acctest.New(t, options...)
	if tech.resource != nil {
		env.Serve(tech.resource)
	}
	return env
}

// hcl is a configuration as a resource block named "test", to be found at address.
func (tech technology) hcl(config acctest.Config) string {
	return config.HCL(tech.resourceType, "test")
}

func (tech technology) address() string { return tech.resourceType + ".test" }

// absent is the source before it is created.
func (tech technology) absent() acctest.Resource { return acctest.Resource{Type: tech.resourceType} }

// hasSQL tells whether the technology has a SQL server and thus a handler that can change.
func (tech technology) hasSQL() bool { return tech.config["server"] != nil }

// writeOnly is the secret in the form that the state does not keep.
func (tech technology) writeOnly() string { return tech.secret + "_wo" }

// The requests of which everything is made, as acctest.Calls writes them; see technology.calls.
const (
	post    = "POST /{prefix}/handler"
	read    = "GET /dataSource/*\nGET /{prefix}/handler/*"
	putSet  = "PUT /dataSource/*"
	putHand = "GET /{prefix}/handler/*\nPUT /{prefix}/handler/*"
	disable = "PUT /dataSource/bulk/disable"
	look    = "GET /dataSource/*"
	erase   = "DELETE /dataSource/*"
)

// calls are the requests of the given groups.
func (tech technology) calls(groups ...string) []string {
	calls := []string{}
	for _, group := range groups {
		calls = append(calls, strings.Split(strings.ReplaceAll(group, "{prefix}", tech.prefix), "\n")...)
	}
	return calls
}
