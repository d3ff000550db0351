package fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

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
	c.do("POST", "/native-s3/handler", object{
		"type": "Native S3", "integrationId": 4, "dataSources": []any{object{"dataSourceName": "Raw", "prefix": "raw"}},
	}, http.StatusForbidden)

	c.tenant.AddMember(id, fake.Member{ProfileID: profile, State: "owner", Pending: true})
	if got := c.do("GET", source, nil, http.StatusOK); got.text("subscriptionStatus") != "pending" || got.text("requestedState") != "owner" {
		t.Errorf("unexpected view of a waiting member: %s", got.body)
	}
	c.do("DELETE", source, nil, http.StatusForbidden)
	c.tenant.AddMember(id, fake.Member{ProfileID: profile, State: "owner"})
	c.do("DELETE", source, nil, http.StatusOK)
}
