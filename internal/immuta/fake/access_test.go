package fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestAccess(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, key := c.tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	group := c.tenant.AddGroup("Engineers")
	id := c.tenant.AddSource(fake.SourceSpec{})
	path := fmt.Sprintf("/dataSource/%d/access", id)

	granted := c.do("POST", path, object{"state": "subscribed", "profileId": grace, "expiration": "2099-01-01T02:00:00+02:00", "metadata": object{}}, http.StatusOK)
	if granted.number("profile") != grace || granted.object()["group"] != nil || granted.object()["approved"] != true ||
		granted.text("expiration") != "2099-01-01T00:00:00.000Z" || granted.text("modelType") != "datasource" || granted.number("modelId") != id {
		t.Errorf("unexpected answer: %s", granted.body)
	}
	waiting := c.do("POST", path, object{"state": "owner", "groupId": group, "approvals": []any{object{"requiredPermission": "GOVERNANCE", "specificApproverRequired": false}}}, http.StatusOK)
	if waiting.number("group") != group || waiting.object()["approved"] != false {
		t.Errorf("unexpected answer: %s", waiting.body)
	}
	if listed := c.do("GET", path, nil, http.StatusOK); !strings.Contains(string(listed.body), `"group":`+fmt.Sprint(group)) || !strings.Contains(string(listed.body), "Engineers") {
		t.Errorf("the group is not listed: %s", listed.body)
	}
	for _, wrong := range []object{
		{"state": "subscribed"}, {"state": "subscribed", "profileId": grace, "groupId": group}, {"profileId": grace}, {"state": "admin", "profileId": grace},
		{"state": "subscribed", "profileId": grace}, {"state": "subscribed", "profileId": grace, "role": "x"}, {"state": "subscribed", "profileId": "17"},
		{"state": "subscribed", "profileId": grace, "expiration": "tomorrow"}, {"state": "subscribed", "profileId": grace, "metadata": object{"a": 1}},
	} {
		c.do("POST", path, wrong, http.StatusBadRequest)
	}
	c.do("POST", path, object{"state": "subscribed", "profileId": 1}, http.StatusNotFound)
	c.do("POST", path, object{"state": "subscribed", "groupId": 1}, http.StatusNotFound)
	c.do("POST", "/dataSource/1/access", object{"state": "subscribed", "profileId": grace}, http.StatusNotFound)

	subscription := fmt.Sprintf("%s/%d", path, granted.number("id"))
	changed := c.do("PUT", subscription, object{"state": "expert"}, http.StatusOK)
	if changed.text("state") != "expert" || changed.text("originalState") != "subscribed" || changed.text("expiration") != "2099-01-01T00:00:00.000Z" {
		t.Errorf("unexpected answer: %s", changed.body)
	}
	if got := c.do("PUT", subscription, object{"state": "expert", "expiration": "2098-01-01T00:00:00Z"}, http.StatusOK); got.text("expiration") != "2098-01-01T00:00:00.000Z" {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("PUT", subscription, object{"state": "denied"}, http.StatusBadRequest)
	c.do("PUT", subscription, object{}, http.StatusBadRequest)
	c.do("PUT", path+"/1", object{"state": "expert"}, http.StatusNotFound)

	c.authorization = key
	c.do("POST", path, object{"state": "owner", "profileId": grace}, http.StatusForbidden)
	c.do("PUT", subscription, object{"state": "owner"}, http.StatusForbidden)
	c.do("POST", "/subscription/deny", object{"id": granted.number("id")}, http.StatusForbidden)
	c.authorization = fake.DefaultAPIKey

	c.do("POST", "/subscription/deny", object{"id": granted.number("id"), "denialReasoning": "because"}, http.StatusOK)
	c.do("POST", "/subscription/deny", object{"id": granted.number("id")}, http.StatusNotFound)
	if left := c.tenant.Members(id); len(left) != 2 || left[1].GroupID != group {
		t.Errorf("unexpected members: %+v", left)
	}
}

func TestAccessOptions(t *testing.T) {
	t.Parallel()
	c := connect(t, fake.WithAccessUpserts(), fake.WithIgnoredExpirations(), fake.WithPendingStates(), fake.WithGroupObjects(), fake.WithIgnoredDenials())
	grace, _ := c.tenant.AddUser("Grace Hopper")
	id := c.tenant.AddSource(fake.SourceSpec{Members: []fake.Member{
		{ProfileID: grace, Pending: true}, {GroupID: fake.DefaultGroupID}, {ProfileID: 99, SystemGenerated: true, Inherited: true},
	}})
	path := fmt.Sprintf("/dataSource/%d/access", id)
	listed := string(c.do("GET", path, nil, http.StatusOK).body)
	for _, want := range []string{`"state":"pending"`, `"group":{"id":40000,"name":"Analysts"}`, `"subscriptionId":null`, `"systemGenerated":true`} {
		if !strings.Contains(listed, want) {
			t.Errorf("%s is not in %s", want, listed)
		}
	}
	if got := c.do("GET", path+"?ignoreSystemGenerated=true", nil, http.StatusOK); got.number("count") != 3 {
		t.Errorf("unexpected members: %s", got.body)
	}
	// Who has access through a policy can still be subscribed.
	if m := c.tenant.Members(id)[3]; m.SubscriptionID != 0 {
		t.Errorf("%+v has a subscription", m)
	}
	c.tenant.AddMember(id, fake.Member{ProfileID: 99})
	if m := c.tenant.Members(id)[3]; m.SubscriptionID == 0 {
		t.Errorf("%+v has no subscription", m)
	}
	got := c.do("POST", path, object{"state": "owner", "profileId": grace, "expiration": "2099-01-01T00:00:00Z"}, http.StatusOK)
	if got.text("state") != "owner" || got.object()["expiration"] != nil {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("POST", "/subscription/deny", object{"id": got.number("id")}, http.StatusOK)
	if len(c.tenant.Members(id)) != 4 {
		t.Error("a denial was not ignored")
	}
	c.tenant.Configure(fake.WithRequestDenialsOnly(), fake.WithoutAccessAnswers())
	c.do("POST", "/subscription/deny", object{"id": got.number("id")}, http.StatusBadRequest)
	if put := c.do("PUT", fmt.Sprintf("%s/%d", path, got.number("id")), object{"state": "expert"}, http.StatusOK); string(put.body) != "{}" {
		t.Errorf("unexpected answer: %s", put.body)
	}
}

func TestSubscribing(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, key := c.tenant.AddUser("Grace Hopper")
	ids := []int{c.tenant.AddSource(fake.SourceSpec{}), c.tenant.AddSource(fake.SourceSpec{}), c.tenant.AddSource(fake.SourceSpec{})}
	for i, policy := range []string{"automatic", "approval", "policy"} {
		c.tenant.UpdateSource(ids[i], func(s *fake.Source) { s.SubscriptionType = policy })
	}
	c.authorization = key
	leave := func(id, status int) { c.do("DELETE", fmt.Sprintf("/dataSource/%d/unsubscribe", id), nil, status) }

	got := c.do("POST", "/dataSource/subscribe", object{"dataSourceIds": ids[:2]}, http.StatusOK)
	if !strings.Contains(string(got.body), `"state":"subscribed"`) || !strings.Contains(string(got.body), `"state":"pending"`) {
		t.Errorf("unexpected answer: %s", got.body)
	}
	if m := c.tenant.Members(ids[1])[1]; m.ProfileID != grace || !m.Pending {
		t.Errorf("unexpected member: %+v", m)
	}
	c.do("POST", "/dataSource/subscribe", object{"dataSourceIds": ids[:1]}, http.StatusBadRequest)
	c.do("POST", "/dataSource/subscribe", object{"dataSourceIds": ids[2:]}, http.StatusForbidden)
	c.do("POST", "/dataSource/subscribe", object{"dataSourceIds": []int{1}}, http.StatusNotFound)
	c.do("POST", "/dataSource/subscribe", object{}, http.StatusBadRequest)
	leave(ids[0], http.StatusOK)
	leave(ids[0], http.StatusNotFound)
	leave(1, http.StatusNotFound)

	c.tenant.Configure(fake.WithSubscribeByQuery())
	c.do("POST", "/dataSource/subscribe", object{"dataSourceIds": ids[:1]}, http.StatusBadRequest)
	c.do("POST", fmt.Sprintf("/dataSource/subscribe?dataSourceId=%d", ids[0]), object{}, http.StatusOK)
	leave(ids[0], http.StatusOK)
	c.tenant.AddMember(ids[0], fake.Member{ProfileID: grace, Inherited: true})
	leave(ids[0], http.StatusNotFound)
	if view := c.do("GET", fmt.Sprintf("/dataSource/%d", ids[0]), nil, http.StatusOK); view.object()["subscriptionId"] != nil || view.text("subscriptionStatus") != "subscribed" {
		t.Errorf("unexpected view of access from a policy: %s", view.body)
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{})
	tags, path := fmt.Sprintf("/dataSource/%d/tags", id), fmt.Sprintf("/tag/datasource/%d", id)
	c.tenant.DefineTags("a/b c")

	c.do("POST", path, []any{object{"name": "PII"}, object{"name": "Nonsense"}}, http.StatusBadRequest)
	for _, wrong := range []any{[]any{}, object{"name": "PII"}, []any{object{"name": "PII", "color": "red"}}} {
		c.do("POST", path, wrong, http.StatusBadRequest)
	}
	if got := c.do("GET", tags, nil, http.StatusOK); string(got.body) != `{"tags":[]}` {
		t.Errorf("unexpected tags: %s", got.body)
	}
	c.do("POST", path, []any{object{"name": "PII", "source": "curated"}, object{"name": "a/b c"}}, http.StatusOK)
	got := c.do("POST", path, []any{object{"name": "PII"}}, http.StatusOK)
	if list, ok := got.value.([]any); !ok || len(list) != 2 || !strings.Contains(string(got.body), fmt.Sprintf(`"addedBy":%d`, fake.DefaultProfileID)) {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("DELETE", path+"/a%2Fb%20c", nil, http.StatusOK)
	c.do("DELETE", path+"/a%2Fb%20c", nil, http.StatusNotFound)
	c.do("GET", tags+"?blobId=x&blobTagsOnly=false", nil, http.StatusOK)
	c.do("GET", "/dataSource/1/tags", nil, http.StatusNotFound)
	c.do("POST", "/tag/datasource/1", []any{object{"name": "PII"}}, http.StatusNotFound)
	c.do("DELETE", "/tag/datasource/1/PII", nil, http.StatusNotFound)
	_, c.authorization = c.tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	c.do("POST", path, []any{object{"name": "PII"}}, http.StatusForbidden)
	c.do("DELETE", path+"/PII", nil, http.StatusForbidden)
}
