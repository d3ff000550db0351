package handler_test

import (
	"regexp"
	"testing"

	tftest "github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
)

// What only one technology asks for or forbids.
func TestProtocolBadInputOfATechnologyNamesTheAttribute(t *testing.T) {
	t.Parallel()
	p := acctest.NewSerial(t).Protocol(nil)
	byPrefix := map[string]technology{}
	for _, tech := range technologies() {
		byPrefix[tech.prefix] = tech
	}
	for name, test := range map[string]struct {
		prefix  string
		changes attrs
		at      string
		says    string
	}{
		"databricks without an HTTP path":    {"databricks", attrs{"server.http_path": nil}, "server.http_path", "required"},
		"databricks with an empty HTTP path": {"databricks", attrs{"server.http_path": ""}, "server.http_path", "length"},
		"databricks without a token":         {"databricks", attrs{"server.access_token_wo": nil}, "server.access_token_wo", "access_token_wo"},
		"databricks with both tokens":        {"databricks", attrs{"server.access_token": "x"}, "server.access_token", "not both"},
		"databricks with another method":     {"databricks", attrs{"server.authentication_method": "userPassword"}, "server.authentication_method", "Access Token"},
		"redshift without a password":        {"redshift", attrs{"server.password_wo": nil}, "server.password_wo", "password_wo"},
		"redshift without a user name":       {"redshift", attrs{"server.username": nil}, "server.username", "username"},
		"synapse without a password":         {"asa", attrs{"server.password_wo": nil}, "server.password_wo", "password_wo"},
		"synapse with both passwords":        {"asa", attrs{"server.password": "x"}, "server.password", "not both"},
		"trino with another method":          {"trino", attrs{"server.authentication_method": "LDAP"}, "server.authentication_method", "LDAP Authentication"},
		"trino: LDAP without a password":     {"trino", attrs{"server.authentication_method": "LDAP Authentication", "server.password_wo": nil}, "server.password_wo", "password_wo"},
		"trino: LDAP without a user name":    {"trino", attrs{"server.authentication_method": "LDAP Authentication", "server.username": nil}, "server.username", "username"},
		"trino: a password without a user":   {"trino", attrs{"server.username": nil}, "server.username", "username"},
		"trino: Kerberos with a password":    {"trino", attrs{"server.authentication_method": "Kerberos Authentication"}, "server.password", "LDAP Authentication"},
		"trino: Kerberos without a user":     {"trino", attrs{"server.authentication_method": "Kerberos Authentication", "server.password_wo": nil, "server.username": nil}, "server.username", "username"},
		"trino: no login with a user name":   {"trino", attrs{"server.authentication_method": "No Authentication", "server.password_wo": nil}, "server.username", "no user name"},
		"trino: OAuth with a password":       {"trino", attrs{"server.authentication_method": "OAuth 2.0", "server.username": nil}, "server.password", "no password"},
		"s3 with an empty prefix":            {"native-s3", attrs{"prefix": ""}, "prefix", "length"},
		"s3 without a prefix":                {"native-s3", attrs{"prefix": nil}, "prefix", "required"},
		"s3 with integration 0":              {"native-s3", attrs{"integration_id": 0}, "integration_id", "at least 1"},
		"s3 with a negative integration":     {"native-s3", attrs{"integration_id": -4}, "integration_id", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) {
			tech := byPrefix[test.prefix]
			config := tech.config
			for at, value := range test.changes {
				config = config.With(at, value)
			}
			p.Validate(tech.resourceType, config).WantErrorAt(t, test.at, test.says)
		})
	}
	for name, test := range map[string]struct {
		prefix  string
		changes attrs
	}{
		"trino without any login":            {"trino", attrs{"server.username": nil, "server.password_wo": nil}},
		"trino: Kerberos with a user name":   {"trino", attrs{"server.authentication_method": "Kerberos Authentication", "server.password_wo": nil}},
		"trino: a method that is not known":  {"trino", attrs{"server.authentication_method": acctest.Unknown, "server.username": nil}},
		"databricks: a token kept in state":  {"databricks", attrs{"server.access_token_wo": nil, "server.access_token": "x"}},
		"databricks: a token yet to be made": {"databricks", attrs{"server.access_token_wo": acctest.Unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			tech := byPrefix[test.prefix]
			config := tech.config
			for at, value := range test.changes {
				config = config.With(at, value)
			}
			p.Validate(tech.resourceType, config).WantNoError(t)
		})
	}
}

// Terraform drops a key that the object does not have, so the error has to say what is missing instead.
func TestAccServerOfAnotherTechnology(t *testing.T) {
	for prefix, test := range map[string]struct{ config, says string }{
		"databricks": {`username = "u", password = "p", http_path = "/sql"`, `access_token_wo`},
		"redshift":   {`access_token = "t"`, `password_wo`},
	} {
		t.Run(prefix, func(t *testing.T) {
			env := acctest.New(t)
			env.Run(tftest.TestStep{
				Config: `resource "immuta_` + prefix + `_data_source" "test" {
  name          = "Orders"
  remote_schema = "SALES"
  remote_table  = "ORDERS"
  server        = { hostname = "acme.example.com", database = "PROD", ` + test.config + ` }
}
`,
				PlanOnly:    true,
				ExpectError: regexp.MustCompile(test.says),
			})
		})
	}
}
