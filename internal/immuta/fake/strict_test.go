package fake_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestRefusesWhatItDoesNotExpect(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, handlerID := c.create(nil)
	source, handler := fmt.Sprintf("/dataSource/%d", id), fmt.Sprintf("/snowflake/handler/%d", handlerID)
	extra := creation("Snowflake", metadata(nil))
	extra["dictionary"] = object{}
	nested := creation("Snowflake", metadata(nil))
	nameless := creation("Snowflake", metadata(nil))
	nameless["dataSource"] = object{"blobHandler": object{"url": ""}, "blobHandlerType": "Snowflake", "type": "queryable", "sqlTableName": "t"}
	nested["schemaEvolution"] = object{"config": object{"nameTemplate": object{"dataSourceFormat": "x"}}}

	for _, test := range []struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		{"GET", "/nowhere", nil, 404, "GET /nowhere"},
		{"GET", "/dataSource/", nil, 404, "GET /dataSource/"},
		{"GET", "//dataSource", nil, 404, "//dataSource"},
		{"PATCH", source, nil, 405, "DELETE, GET, PUT"},
		{"GET", source + "?verbose=true", nil, 400, `query parameter "verbose" is not allowed`},
		{"GET", handler + "?skipCache=yes", nil, 400, `"skipCache" must be a boolean`},
		{"GET", "/dataSource?size=many", nil, 400, `"size" must be a number`},
		{"GET", "/dataSource?size=1&size=2", nil, 400, `"size" must be given once`},
		{"GET", "/dataSource?size=0", nil, 400, `"size" must be positive`},
		{"GET", "/dataSource?sortField=color", nil, 400, `"sortField" must be one of`},
		{"GET", "/dataSource/one", nil, 400, `"id" must be a number`},
		{"GET", "/snowflake/handler/one", nil, 400, `"handlerId" must be a number`},
		{"GET", "/dataSource/name/Nobody", nil, 404, "Data source not found"},
		{"GET", fmt.Sprintf("/redshift/handler/%d", handlerID), nil, 404, "Handler not found"},
		{"GET", source, object{"a": 1}, 400, `"a" is not allowed`},
		{"DELETE", source, object{"hard": true}, 400, `"hard" is not allowed`},
		{"PUT", handler + "/triggerHighCardinalityJob", object{"now": true}, 400, `"now" is not allowed`},
		{"PUT", source, nil, 400, "a body is required"},
		{"PUT", source, []any{}, 400, `"value" must be an object`},
		{"PUT", source, object{"color": "red", "size": 1}, 400, `"color" is not allowed. "size" is not allowed`},
		{"PUT", source, object{"name": 7}, 400, `"name" must be a string`},
		{"PUT", source, object{"name": ""}, 400, `"name" must have 1 to 255 characters`},
		{"PUT", source, object{"name": strings.Repeat("é", 256)}, 400, `"name" must have 1 to 255 characters`},
		{"POST", "/snowflake/handler", extra, 400, `"dictionary" is not allowed`},
		{"POST", "/snowflake/handler", nested, 400, `"schemaEvolution.config.nameTemplate.dataSourceFormat" is not allowed`},
		{"POST", "/snowflake/handler", object{"handler": object{}}, 400, `"dataSource" is required`},
		{"POST", "/snowflake/handler", nameless, 400, `"dataSource.name" is required. "dataSource.recordFormat" is required`},
		{"PUT", "/dataSource/bulk/destroy", object{"ids": []int{id}}, 404, "PUT /dataSource/bulk/destroy"},
		{"PUT", "/dataSource/bulk/disable", object{"ids": []int{}}, 400, `"ids" is required`},
		{"PUT", "/dataSource/bulk/disable", object{"ids": []int{id}, "update": object{}}, 400, `"update" is not allowed`},
		{"PUT", "/dataSource/bulk/disable", object{"ids": []string{"1"}}, 400, `"ids[0]" must be an integer`},
		{"PUT", "/dataSource/bulk/tags", object{"ids": []int{id}}, 400, `"update" is required`},
		{"PUT", "/dataSource/bulk/add-users", object{"ids": []int{id}, "update": object{}}, 400, `"update.profiles" is required`},
		{"PUT", "/dataSource/bulk/tags", object{"ids": []int{id}, "update": []any{object{}}}, 400, `"update" must be an object`},
		{"GET", "/jobs", nil, 400, `"bulkId" is required`},
	} {
		got := c.do(test.method, test.path, test.body, test.status)
		if !strings.Contains(got.text("message"), test.says) {
			t.Errorf("%s %s says %s, want %q", test.method, test.path, got.body, test.says)
		}
		if got.number("statusCode") != test.status || got.text("error") != http.StatusText(test.status) {
			t.Errorf("%s %s is not shaped like an error: %s", test.method, test.path, got.body)
		}
	}
	if s, _ := c.tenant.Source(id); s.Deleted || s.Name != "Sales Orders" {
		t.Errorf("a refused request took effect: %+v", s)
	}
}

func TestRefusesBodiesThatAreNotJSON(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	for contentType, want := range map[string]int{
		"application/json": http.StatusBadRequest, "text/plain": http.StatusUnsupportedMediaType, "": http.StatusUnsupportedMediaType,
	} {
		if got := served(tenant, "PUT", "/dataSource/100", contentType, strings.NewReader("{")); got.Code != want {
			t.Errorf("%q: status %d, want %d", contentType, got.Code, want)
		}
	}
}

func TestAmbiguitiesCanBeSwitched(t *testing.T) {
	t.Parallel()
	created := func(c *client) reply {
		return c.do("POST", "/snowflake/handler", creation("Snowflake", metadata(nil)), http.StatusOK)
	}
	source := func(c *client) reply { return c.do("GET", "/dataSource/100", nil, http.StatusOK) }
	handler := func(c *client) reply { return c.do("GET", "/snowflake/handler/50000", nil, http.StatusOK) }
	for name, test := range map[string]struct {
		option fake.Option
		ask    func(*client) reply
		with   string
		out    string
	}{
		"warnings":             {fake.WithWarnings("unhealthy"), created, `"warnings":"unhealthy"`, ""},
		"no connection string": {fake.WithoutConnectionString(), created, "", "connectionString"},
		"numeric strings":      {fake.WithNumericStrings(), created, `"dataSourceId":"100"`, ""},
		"empty texts":          {fake.WithEmptyTexts(), source, `"description":""`, ""},
		"arrays":               {fake.WithArrays(), source, `"blobHandler":[{`, ""},
		"handler arrays":       {fake.WithArrays(), handler, `[{"ca":`, ""},
		"no auth method":       {fake.WithoutAuthenticationMethod(), handler, "warehouse", "authenticationMethod"},
		"plain job names": {fake.WithPlainJobNames(), func(c *client) reply {
			return c.do("PUT", "/snowflake/handler/50000/refreshNativeViewJob", nil, http.StatusOK)
		}, "5e0c0000-", `"`},
		"numeric bulk ids": {fake.WithNumericBulkIDs(), func(c *client) reply {
			return c.do("PUT", "/dataSource/bulk/disable", object{"ids": []int{100}}, http.StatusOK)
		}, `"bulkId":4001`, ""},
		"no job list": {fake.WithoutJobList(), func(c *client) reply {
			return c.do("GET", "/jobs?bulkId=1", nil, http.StatusNotFound)
		}, "There is no route", ""},
		"no hard delete": {fake.WithoutHardDelete(), func(c *client) reply {
			c.do("DELETE", "/dataSource/100", nil, http.StatusOK)
			return c.do("DELETE", "/dataSource/100", nil, http.StatusOK)
		}, `"success":true`, "hardDelete"},
		"duplicate table status": {fake.WithDuplicateTableStatus(http.StatusConflict), func(c *client) reply {
			body := creation("Snowflake", metadata(object{"hostname": "acme.example.com", "schema": "PUBLIC", "table": "table_100"}))
			return c.do("POST", "/snowflake/handler", body, http.StatusConflict)
		}, "Duplicate tables", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, test.option)
			if name != "warnings" && name != "no connection string" && name != "numeric strings" {
				c.tenant.AddSource(fake.SourceSpec{})
			}
			got := string(test.ask(c).body)
			if !strings.Contains(got, test.with) || (test.out != "" && strings.Contains(got, test.out)) {
				t.Errorf("want %q and not %q in %s", test.with, test.out, got)
			}
		})
	}
}

func TestTenantsWithConnections(t *testing.T) {
	t.Parallel()
	c := connect(t, fake.WithConnections())
	id := c.tenant.AddSource(fake.SourceSpec{Deleted: true})
	path, ids := fmt.Sprintf("/dataSource/%d", id), object{"ids": []int{id}}
	for _, got := range []reply{
		c.do("POST", "/snowflake/handler", creation("Snowflake", metadata(nil)), http.StatusBadRequest),
		c.do("PUT", "/snowflake/bulk", object{}, http.StatusBadRequest),
		c.do("DELETE", path, nil, http.StatusBadRequest),
		c.do("PUT", path, object{"deleted": false}, http.StatusBadRequest),
		c.do("PUT", "/dataSource/bulk/restore", ids, http.StatusBadRequest),
		c.do("PUT", "/dataSource/bulk/delete", ids, http.StatusBadRequest),
	} {
		if !strings.Contains(got.text("message"), "/data") {
			t.Errorf("no replacement is named: %s", got.body)
		}
	}
	c.do("PUT", path, object{"description": "still allowed"}, http.StatusOK)
	c.do("PUT", "/dataSource/bulk/disable", ids, http.StatusOK)
}

func TestTwoRunsAreTheSame(t *testing.T) {
	t.Parallel()
	run := func() []byte {
		tenant := fake.New()
		var answers bytes.Buffer
		for range 3 {
			tenant.AddSource(fake.SourceSpec{})
			got := served(tenant, "GET", "/dataSource", "", nil)
			answers.WriteString(got.Header().Get("Date"))
			answers.Write(got.Body.Bytes())
		}
		return answers.Bytes()
	}
	if diff := cmp.Diff(string(run()), string(run())); diff != "" {
		t.Error(diff)
	}
}
