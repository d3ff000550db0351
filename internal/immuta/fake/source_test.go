package fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestLifeOfASource(t *testing.T) {
	t.Parallel()
	c := connect(t)

	created := c.do("POST", "/snowflake/handler", creation("Snowflake", metadata(nil)), http.StatusOK)
	if got, want := created.text("connectionString"), "IMMUTA@acme.snowflakecomputing.com:443/PROD"; got != want {
		t.Errorf("connectionString is %q, want %q", got, want)
	}
	id, handlerID := created.number("dataSourceId"), created.number("id")
	source, handler := fmt.Sprintf("/dataSource/%d", id), fmt.Sprintf("/snowflake/handler/%d", handlerID)

	record := c.do("GET", source, nil, http.StatusOK)
	blobHandler, _ := record.object()["blobHandler"].(map[string]any)
	if got, want := blobHandler["url"], c.server.URL+handler; got != want {
		t.Errorf("blobHandler.url is %q, want %q", got, want)
	}
	if got := record.text("recordFormat"); got != "Not Provided" {
		t.Errorf("recordFormat is %q", got)
	}
	if got := record.number("createdBy"); got != fake.DefaultProfileID {
		t.Errorf("createdBy is %d", got)
	}
	if got := record.text("subscriptionStatus"); got != "owner" {
		t.Errorf("subscriptionStatus is %q", got)
	}
	for _, path := range []string{"/dataSource/name/Sales%20Orders", "/dataSource/sqlTableName/orders"} {
		if got := c.do("GET", path, nil, http.StatusOK).number("id"); got != id {
			t.Errorf("%s is source %d, want %d", path, got, id)
		}
	}

	got := c.do("GET", handler+"?skipCache=true", nil, http.StatusOK)
	shown, _ := got.object()["metadata"].(map[string]any)
	if _, ok := shown["password"]; ok || strings.Contains(string(got.body), "hunter2") {
		t.Errorf("a secret is shown: %s", got.body)
	}
	if shown["warehouse"] != "WH" || got.number("dataSourceId") != id || got.text("type") != "odbcHandler" {
		t.Errorf("unexpected handler: %s", got.body)
	}

	updated := c.do("PUT", source, object{"description": "All orders."}, http.StatusOK)
	if updated.text("description") != "All orders." || updated.text("name") != "Sales Orders" {
		t.Errorf("unexpected settings: %s", updated.body)
	}
	if _, ok := updated.object()["private"]; !ok {
		t.Errorf("the answer of PUT lacks private: %s", updated.body)
	}

	first := c.do("DELETE", source, nil, http.StatusOK)
	if _, ok := first.object()["hardDelete"]; ok || first.object()["disabled"] != true {
		t.Errorf("unexpected first DELETE: %s", first.body)
	}
	if got := c.do("GET", source, nil, http.StatusOK); got.object()["deleted"] != true {
		t.Errorf("not disabled: %s", got.body)
	}
	c.do("PUT", source, object{"deleted": true}, http.StatusBadRequest)
	c.do("PUT", source, object{"deleted": false}, http.StatusOK)
	c.do("DELETE", source, nil, http.StatusOK)
	if got := c.do("DELETE", source, nil, http.StatusOK); got.object()["hardDelete"] != true {
		t.Errorf("unexpected second DELETE: %s", got.body)
	}
	for _, path := range []string{source, handler, fmt.Sprintf("/dictionary/%d", id), source + "/access"} {
		c.do("GET", path, nil, http.StatusNotFound)
	}
	c.do("DELETE", source, nil, http.StatusNotFound)
	c.create(nil) // Name and table are free again.
}

func TestNamesAndTablesAreUnique(t *testing.T) {
	t.Parallel()
	for _, disabled := range []bool{false, true} {
		c := connect(t)
		id, _ := c.create(nil)
		if disabled {
			c.tenant.Disable(id)
		}

		taken := c.do("POST", "/snowflake/handler", creation("Snowflake", metadata(object{"table": "OTHER"})), http.StatusUnprocessableEntity)
		if !strings.Contains(taken.text("message"), "already exists") || !strings.Contains(string(taken.body), `"code":"unique"`) {
			t.Errorf("unexpected refusal of the name: %s", taken.body)
		}
		sameTable := metadata(object{"dataSourceName": "Other", "table": "orders", "hostname": "ACME.snowflakecomputing.com"})
		taken = c.do("POST", "/snowflake/handler", creation("Snowflake", sameTable), http.StatusBadRequest)
		if !strings.Contains(taken.text("message"), "Duplicate tables") {
			t.Errorf("unexpected refusal of the table: %s", taken.body)
		}

		// A query stands for no table, and another database for another one.
		c.create(object{"dataSourceName": "Query 1", "query": "select 1", "schema": nil, "table": nil})
		c.create(object{"dataSourceName": "Query 2", "query": "select 1", "schema": nil, "table": nil})
		other, handler := c.create(object{"dataSourceName": "Other", "database": "TEST"})

		c.do("PUT", fmt.Sprintf("/dataSource/%d", other), object{"name": "Sales Orders"}, http.StatusUnprocessableEntity)
		c.do("PUT", fmt.Sprintf("/dataSource/%d", other), object{"name": "Other"}, http.StatusOK)
		moved := object{"handler": object{"metadata": metadata(object{"dataSourceName": "Other"})}}
		c.do("PUT", fmt.Sprintf("/snowflake/handler/%d", handler), moved, http.StatusBadRequest)
	}
}

func TestSettingsAreChangedOneByOne(t *testing.T) {
	t.Parallel()
	c := connect(t, fake.WithUnlistedKeys(), fake.WithIgnoredSettings("private"))
	id, handlerID := c.create(nil)
	path := fmt.Sprintf("/dataSource/%d", id)

	c.do("PUT", path, object{
		"documentation": "Read me.", "organization": "Sales", "category": "Orders", "hasExamples": true, "private": true,
		"expiration": "2027-01-01T00:00:00.000Z", "columnEvolutionEnabled": true, "sqlTableName": "sales_orders",
		"catalogMetadata": object{"id": "42", "provider": "atlas"},
	}, http.StatusOK)
	record := c.do("GET", path, nil, http.StatusOK).object()
	want := object{
		"documentation": "Read me.", "organization": "Sales", "category": "Orders", "hasExamples": true, "private": false,
		"expiration": "2027-01-01T00:00:00.000Z", "columnEvolutionEnabled": true, "sqlTableName": "sales_orders",
		"catalogMetadata": object{"id": "42", "provider": "atlas"},
		"description":     nil, "sqlSchemaName": "sales", "connectionString": "IMMUTA@acme.snowflakecomputing.com:443/PROD",
	}
	for key, value := range want {
		if diff := cmp.Diff(value, record[key]); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	if m, _ := c.tenant.Handler(handlerID); m["bodataTableName"] != "sales_orders" {
		t.Errorf("the handler's table is %v", m["bodataTableName"])
	}

	// The whole record may be put back, and a text is cleared with the empty text.
	record["documentation"] = ""
	c.do("PUT", path, record, http.StatusOK)
	if s, _ := c.tenant.Source(id); s.Documentation != "" || s.Organization != "Sales" || s.RecordFormat != "" {
		t.Errorf("unexpected source: %+v", s)
	}
}

func TestKeysThatARecordDoesNotList(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, _ := c.create(nil)
	record := c.do("GET", fmt.Sprintf("/dataSource/%d", id), nil, http.StatusOK).object()
	for _, key := range []string{"organization", "category", "hasExamples", "private", "connectionString"} {
		if _, ok := record[key]; ok {
			t.Errorf("the record has %s", key)
		}
	}
}

func TestOnlyOwnersAndGovernorsManage(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, handlerID := c.create(nil)
	profile, key := c.tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	c.authorization = key
	source, handler := fmt.Sprintf("/dataSource/%d", id), fmt.Sprintf("/snowflake/handler/%d", handlerID)

	record := c.do("GET", source, nil, http.StatusOK)
	if record.text("subscriptionStatus") != "not_subscribed" || record.object()["subscriptionId"] != nil {
		t.Errorf("unexpected view of a stranger: %s", record.body)
	}
	c.do("DELETE", source, nil, http.StatusForbidden)
	c.do("PUT", source, object{"name": "Mine"}, http.StatusForbidden)
	c.do("PUT", handler, object{"metadata": metadata(nil)}, http.StatusForbidden)
	c.do("PUT", "/dataSource/bulk/disable", object{"ids": []int{id}}, http.StatusForbidden)
	c.do("DELETE", fmt.Sprintf("/dictionary/%d", id), nil, http.StatusForbidden)
	c.do("POST", "/native-s3/handler", object{"type": "Native S3"}, http.StatusForbidden)

	c.tenant.AddMember(id, fake.Member{ProfileID: profile, State: "owner", Pending: true})
	if got := c.do("GET", source, nil, http.StatusOK); got.text("subscriptionStatus") != "pending" || got.text("requestedState") != "owner" {
		t.Errorf("unexpected view of a waiting member: %s", got.body)
	}
	c.do("DELETE", source, nil, http.StatusForbidden)
	c.tenant.AddMember(id, fake.Member{ProfileID: profile, State: "owner"})
	c.do("DELETE", source, nil, http.StatusOK)
}

func TestMutationBehindTheClientsBack(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	id := c.tenant.AddSource(fake.SourceSpec{
		Name: "Seeded", Table: "SEEDED", CreatedBy: grace, Deleted: true,
		Members:  []fake.Member{{ProfileID: fake.DefaultProfileID, State: "expert"}, {GroupID: 3}},
		Metadata: map[string]any{"warehouse": "BIG", "someFutureKey": 1, "schemaProjectName": nil},
	})
	path := fmt.Sprintf("/dataSource/%d", id)
	got := c.do("GET", path, nil, http.StatusOK)
	if got.number("createdBy") != grace || got.object()["deleted"] != true || got.text("subscriptionStatus") != "expert" {
		t.Errorf("unexpected source: %s", got.body)
	}

	c.tenant.Restore(id)
	c.tenant.UpdateSource(id, func(s *fake.Source) { s.Name, s.HandlerDeleteError = "Drifted", "no such view" })
	s, ok := c.tenant.SourceByName("Drifted")
	if !ok || s.Deleted {
		t.Fatalf("unexpected source: %+v", s)
	}
	c.tenant.UpdateHandler(s.HandlerID, func(m map[string]any) { m["port"] = 8443 })
	shown := c.do("GET", fmt.Sprintf("/snowflake/handler/%d", s.HandlerID), nil, http.StatusOK)
	if shown.text("connectionString") != "IMMUTA@acme.example.com:8443/PROD" || !strings.Contains(string(shown.body), `"someFutureKey":1`) {
		t.Errorf("unexpected handler: %s", shown.body)
	}

	access := c.do("GET", path+"/access?size=2&offset=1", nil, http.StatusOK)
	users, _ := access.object()["users"].([]any)
	if access.number("count") != 3 || len(users) != 2 || len(c.tenant.Members(id)) != 3 {
		t.Errorf("unexpected members: %s", access.body)
	}
	owners := c.do("GET", path+"/access?states=owner&approved=true&searchText=hop", nil, http.StatusOK)
	if owners.number("count") != 1 || !strings.Contains(string(owners.body), "Grace Hopper") {
		t.Errorf("unexpected owners: %s", owners.body)
	}
	c.tenant.RemoveMember(id, c.tenant.Members(id)[2].SubscriptionID)
	if left := c.tenant.Members(id); len(left) != 2 {
		t.Errorf("unexpected members: %+v", left)
	}

	if got := c.do("DELETE", path, nil, http.StatusOK); got.text("handlerDeleteErrorMessage") != "no such view" {
		t.Errorf("unexpected DELETE: %s", got.body)
	}
	c.tenant.Destroy(id)
	c.do("GET", path, nil, http.StatusNotFound)
	if _, ok := c.tenant.Source(id); ok || len(c.tenant.Sources()) != 0 {
		t.Error("the source is still there")
	}
}

func TestMomentsAreAnsweredWithMilliseconds(t *testing.T) {
	t.Parallel()
	c := connect(t)
	path := fmt.Sprintf("/dataSource/%d", c.tenant.AddSource(fake.SourceSpec{}))
	got := c.do("PUT", path, object{"expiration": "2027-01-01T02:00:00+02:00"}, http.StatusOK)
	if got.text("expiration") != "2027-01-01T00:00:00.000Z" {
		t.Errorf("expiration is %q", got.text("expiration"))
	}
	c.do("PUT", path, object{"expiration": "tomorrow"}, http.StatusBadRequest)
	if got := c.do("PUT", path, object{"expiration": ""}, http.StatusOK); got.object()["expiration"] != nil {
		t.Errorf("expiration is not cleared: %s", got.body)
	}
}

func TestNullsInSettings(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{Name: "Kept"})
	c.tenant.UpdateSource(id, func(s *fake.Source) { s.Description, s.HasExamples = "lost", true })
	c.do("PUT", fmt.Sprintf("/dataSource/%d", id), object{"name": nil, "description": nil, "hasExamples": nil}, http.StatusOK)
	if s, _ := c.tenant.Source(id); s.Name != "Kept" || s.Description != "" || !s.HasExamples {
		t.Errorf("unexpected source: %+v", s)
	}
}

func TestMembersAreSorted(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	id := c.tenant.AddSource(fake.SourceSpec{Members: []fake.Member{{ProfileID: grace, Pending: true, Expiration: "2027-01-01T00:00:00Z"}}})
	names := func(query string) (names []string) {
		users, _ := c.do("GET", fmt.Sprintf("/dataSource/%d/access?%s", id, query), nil, http.StatusOK).object()["users"].([]any)
		for _, value := range users {
			row, _ := value.(map[string]any)
			names = append(names, fmt.Sprint(row["name"]))
		}
		return names
	}
	for query, want := range map[string][]string{
		"":                              {"Ada Byron", "Grace Hopper"},
		"sortField=name&sortOrder=desc": {"Grace Hopper", "Ada Byron"},
		"approved=false":                {"Grace Hopper"},
		"approved=true":                 {"Ada Byron"},
		"size=1":                        {"Ada Byron"},
	} {
		if diff := cmp.Diff(want, names(query)); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
}
