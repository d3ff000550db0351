package fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestEverySQLTechnology(t *testing.T) {
	t.Parallel()
	type odd = map[string]any
	for _, test := range []struct {
		label, prefix string
		overrides     object // of a Snowflake handler's metadata
		refused       object
		nativeView    bool
		extra         []string // keys that are shown though nobody sent them
		folded        string   // of the table "Orders"
	}{
		{"Snowflake", "snowflake", nil, odd{"warehouse": nil}, true, []string{"nativeViewName"}, "ORDERS"},
		{
			"Databricks", "databricks",
			odd{"warehouse": nil, "username": nil, "authenticationMethod": "Access Token", "httpPath": "/sql"},
			odd{"httpPath": nil}, false, nil, "orders",
		},
		{
			"Redshift", "redshift", odd{"warehouse": nil, "authenticationMethod": nil, "port": 5439},
			odd{"authenticationMethod": "userPassword"}, true, []string{"nativeViewName"}, "orders",
		},
		{
			"Trino", "trino", odd{"warehouse": nil, "authenticationMethod": "LDAP Authentication"},
			odd{"username": nil}, true, nil, "orders",
		},
		{
			"Synapse", "asa", odd{"warehouse": nil, "authenticationMethod": nil},
			odd{"password": nil}, true, []string{"query", "eventTime", "highCardinality"}, "Orders",
		},
		{
			"PostgreSQL", "pg", odd{"warehouse": nil, "authenticationMethod": nil},
			odd{"warehouse": "WH"}, false, []string{"searchPath"}, "orders",
		},
	} {
		t.Run(test.label, func(t *testing.T) {
			t.Parallel()
			c := connect(t, fake.WithFoldedIdentifiers(), fake.WithLowerCaseHostnames(), fake.WithTechnology(fake.Technology{
				Prefix: "pg", Label: "PostgreSQL", Port: 5432,
				Auth:  map[string][]string{"": {"username", "password"}},
				Fold:  strings.ToLower,
				Extra: map[string]any{"searchPath": "public"},
			}))
			m := with(metadata(test.overrides), object{"table": "Orders", "hostname": "Acme.example.com"})
			refused := with(m, test.refused)
			c.do("POST", "/"+test.prefix+"/handler", creation(test.label, refused), http.StatusBadRequest)
			c.do("POST", "/"+test.prefix+"/handler", creation("Other", m), http.StatusBadRequest)

			created := c.do("POST", "/"+test.prefix+"/handler", creation(test.label, m), http.StatusOK)
			path := fmt.Sprintf("/%s/handler/%d", test.prefix, created.number("id"))
			got := c.do("GET", path, nil, http.StatusOK)
			shown, _ := got.object()["metadata"].(map[string]any)
			if shown["table"] != test.folded || shown["hostname"] != "acme.example.com" {
				t.Errorf("unexpected folding: %s", got.body)
			}
			for _, key := range test.extra {
				if _, ok := shown[key]; !ok {
					t.Errorf("%s is not shown: %s", key, got.body)
				}
			}
			c.do("PUT", path, object{"handler": object{"metadata": m}}, http.StatusOK)
			c.do("PUT", path+"/triggerHighCardinalityJob", nil, http.StatusOK)
			want := http.StatusNotFound
			if test.nativeView {
				want = http.StatusOK
			}
			c.do("PUT", path+"/refreshNativeViewJob", nil, want)
			c.do("GET", fmt.Sprintf("/mysql/handler/%d", created.number("id")), nil, http.StatusNotFound)

			// What a test adds looks like what a client creates.
			seeded := c.tenant.AddSource(fake.SourceSpec{Technology: test.label})
			s, _ := c.tenant.Source(seeded)
			back, _ := c.tenant.Handler(s.HandlerID)
			back["password"] = "back"
			c.do("PUT", fmt.Sprintf("/%s/handler/%d", test.prefix, s.HandlerID), object{"metadata": back}, http.StatusOK)
		})
	}
}

func TestNativeS3(t *testing.T) {
	t.Parallel()
	c := connect(t)
	body := func(entries ...any) object {
		return object{"type": "Native S3", "integrationId": 4, "dataSources": entries}
	}
	entry := func(name, prefix string) object { return object{"dataSourceName": name, "prefix": prefix} }

	created := c.do("POST", "/native-s3/handler", body(entry("Raw zone", "raw/2024")), http.StatusOK)
	id := created.number("dataSourceId")
	s, _ := c.tenant.Source(id)
	if _, ok := created.object()["id"]; ok || created.text("prefix") != "raw/2024" || s.Technology != "Native S3" {
		t.Errorf("unexpected answer: %s, %+v", created.body, s)
	}
	path := fmt.Sprintf("/native-s3/handler/%d", s.HandlerID)
	got := c.do("GET", path, nil, http.StatusOK)
	if got.number("id") != id || got.text("type") != "nativeS3Handler" || got.text("awsLocationPath") == "" {
		t.Errorf("unexpected handler: %s", got.body)
	}
	c.do("PUT", path, object{"metadata": object{}}, http.StatusMethodNotAllowed)
	c.do("PUT", "/native-s3/bulk", object{}, http.StatusNotFound)
	c.do("POST", "/native-s3/handler", body(entry("Raw zone", "other")), http.StatusUnprocessableEntity)
	c.do("POST", "/native-s3/handler", body(entry("Other", "raw/2024")), http.StatusBadRequest)
	c.do("POST", "/native-s3/handler", body(entry("Other", "")), http.StatusBadRequest)
	c.do("POST", "/native-s3/handler", body(), http.StatusBadRequest)

	many := c.do("POST", "/native-s3/handler", body(entry("A", "a"), entry("B", "b")), http.StatusOK)
	if list, _ := many.value.([]any); len(list) != 2 {
		t.Errorf("unexpected answer: %s", many.body)
	}
	c.do("PUT", fmt.Sprintf("/dataSource/%d", id), object{"name": "Renamed"}, http.StatusOK)
	c.do("GET", "/dataSource/name/Renamed", nil, http.StatusOK)
	c.tenant.AddSource(fake.SourceSpec{Technology: "Native S3", Metadata: map[string]any{"prefix": "seeded"}})
	if found := c.do("GET", "/dataSource?blobHandlerType=Native+S3", nil, http.StatusOK); found.number("count") != 4 {
		t.Errorf("unexpected search: %s", found.body)
	}
}
