package fake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// A client talks to one tenant as one user.
type client struct {
	t             *testing.T
	tenant        *fake.Tenant
	server        *httptest.Server
	authorization string
	header        http.Header // further ones of every request
}

// A reply is an answer, with its body decoded if that is possible.
type reply struct {
	status int
	header http.Header
	body   []byte
	value  any
}

func (r reply) object() map[string]any {
	o, _ := r.value.(map[string]any)
	return o
}

func (r reply) text(key string) string {
	s, _ := r.object()[key].(string)
	return s
}

func (r reply) number(key string) int {
	n, _ := r.object()[key].(float64)
	return int(n)
}

func connect(t *testing.T, options ...fake.Option) *client {
	t.Helper()
	tenant := fake.New(options...)
	server := httptest.NewServer(tenant)
	t.Cleanup(func() {
		tenant.Close()
		server.Close()
	})
	return &client{t: t, tenant: tenant, server: server, authorization: fake.DefaultAPIKey}
}

// try sends a request whose failure is the point.
func (c *client) try(method, path string, body any) (reply, error) {
	c.t.Helper()
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		sent = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.server.URL+path, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(request.Header, c.header)
	request.Header.Set("Authorization", c.authorization)
	response, err := c.server.Client().Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	got := reply{status: response.StatusCode, header: response.Header, body: raw}
	_ = json.Unmarshal(raw, &got.value)
	return got, err
}

// do sends a request and expects a status.
func (c *client) do(method, path string, body any, status int) reply {
	c.t.Helper()
	got, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if got.status != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, got.status, status, got.body)
	}
	return got
}

// served is what a tenant answers without a connection.
func served(tenant *fake.Tenant, method, path, contentType string, body io.Reader) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, body)
	request.Header.Set("Authorization", fake.DefaultAPIKey)
	request.Header.Set("Content-Type", contentType)
	recorder := httptest.NewRecorder()
	tenant.ServeHTTP(recorder, request)
	return recorder
}

// object is short for JSON in tests.
type object = map[string]any

// with is an object with some keys changed; null removes one.
func with(base, overrides object) object {
	changed := maps.Clone(base)
	for key, value := range overrides {
		changed[key] = value
		if value == nil {
			delete(changed, key)
		}
	}
	return changed
}

// metadata is a Snowflake handler's, with some keys changed.
func metadata(overrides object) object {
	return with(object{
		"hostname": "acme.snowflakecomputing.com", "port": 443, "ssl": true, "database": "PROD", "warehouse": "WH",
		"username": "IMMUTA", "password": "hunter2", "authenticationMethod": "userPassword", "userFiles": []any{},
		"schema": "SALES", "table": "ORDERS", "bodataSchemaName": "sales", "bodataTableName": "orders",
		"dataSourceName": "Sales Orders", "staleDataTolerance": 86400,
	}, overrides)
}

// creation is the body that creates a source.
func creation(label string, metadata object) object {
	return object{
		"handler": object{"metadata": metadata},
		"dataSource": object{
			"blobHandler": object{"scheme": "https", "url": ""}, "blobHandlerType": label, "recordFormat": "", "type": "queryable",
			"name": metadata["dataSourceName"], "sqlTableName": metadata["bodataTableName"],
		},
	}
}

// create creates a Snowflake source and returns its id and its handler's.
func (c *client) create(overrides object) (sourceID, handlerID int) {
	c.t.Helper()
	got := c.do("POST", "/snowflake/handler", creation("Snowflake", metadata(overrides)), http.StatusOK)
	return got.number("dataSourceId"), got.number("id")
}

func TestEpoch(t *testing.T) {
	t.Parallel()
	later := fake.Epoch.AddDate(1, 0, 0)
	one, other := connect(t), connect(t, fake.WithEpoch(later))
	ofOne, ofOther := one.do("GET", fmt.Sprintf("/dataSource/%d", one.tenant.AddSource(fake.SourceSpec{})), nil, http.StatusOK),
		other.do("GET", fmt.Sprintf("/dataSource/%d", other.tenant.AddSource(fake.SourceSpec{})), nil, http.StatusOK)
	if ofOne.number("id") != ofOther.number("id") || ofOne.number("createdBy") != ofOther.number("createdBy") {
		t.Errorf("other ids: %s, %s", ofOne.body, ofOther.body)
	}
	if ofOne.text("createdAt") != "2026-01-05T08:00:00.000Z" || ofOther.text("createdAt") != "2027-01-05T08:00:00.000Z" {
		t.Errorf("created at %s and %s", ofOne.text("createdAt"), ofOther.text("createdAt"))
	}
	profile, _ := other.do("GET", "/bim/rpc/user/current", nil, http.StatusOK).object()["profile"].(map[string]any)
	if profile["createdAt"] != "2027-01-05T08:00:00.000Z" {
		t.Errorf("the user is %v", profile)
	}
}
