package fake_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestRefusesWrongRequests sends every area what Immuta would not take, as the owner of a source or as somebody who may see it.
func TestRefusesWrongRequests(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, key := c.tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	_, governor := c.tenant.AddUser("Alan Turing", fake.Governance)
	id := c.tenant.AddSource(fake.SourceSpec{})
	subscription := c.tenant.AddMember(id, fake.Member{ProfileID: grace})
	comment := c.tenant.AddComment(id, fake.Comment{Body: "a"})
	c.tenant.SetSQLAccount(fake.SQLAccount{Username: "ada"})
	c.tenant.UpdateSource(id, func(s *fake.Source) { s.SubscriptionType = "policy" })
	const root, columns = "/dataSource/featureStore", "/dictionary/{id}"
	column := func(more object) object {
		return object{"metadata": []any{with(object{"name": "a", "dataType": "text", "remoteType": "varchar"}, more)}}
	}
	objects := func(o object) []any { list, _ := o["metadata"].([]any); return list }
	asked := object{"column": "name", "unmaskingReason": "why", "unmaskingUsers": []int{grace}}
	group := object{"state": "owner", "groupId": fake.DefaultGroupID}
	whole := creation("Snowflake", metadata(nil))
	names := strings.NewReplacer("{id}", fmt.Sprint(id), "{subscription}", fmt.Sprint(subscription), "{comment}", fmt.Sprint(comment))
	for as, requests := range map[string][]struct {
		method, path string
		body         any
		status       int
	}{
		fake.DefaultAPIKey: {
			{"POST", "/dataSource/{id}/access", object{"state": "subscribed"}, 400},
			{"POST", "/dataSource/{id}/access", object{"state": "subscribed", "profileId": grace, "groupId": 1}, 400},
			{"POST", "/dataSource/{id}/access", with(group, object{"state": nil}), 400},
			{"POST", "/dataSource/{id}/access", with(group, object{"state": "admin"}), 400},
			{"POST", "/dataSource/{id}/access", with(group, object{"role": "x"}), 400},
			{"POST", "/dataSource/{id}/access", with(group, object{"groupId": "17"}), 400},
			{"POST", "/dataSource/{id}/access", with(group, object{"expiration": "tomorrow"}), 400},
			{"POST", "/dataSource/{id}/access", with(group, object{"metadata": object{"a": 1}}), 400},
			{"POST", "/dataSource/{id}/access", object{"state": "subscribed", "profileId": grace}, 400},
			{"POST", "/dataSource/{id}/access", with(group, object{"groupId": 1}), 404},
			{"POST", "/dataSource/1/access", group, 404},
			{"PUT", "/dataSource/{id}/access/{subscription}", object{"state": "denied"}, 400},
			{"PUT", "/dataSource/{id}/access/{subscription}", object{}, 400},
			{"PUT", "/dataSource/{id}/access/1", object{"state": "expert"}, 404},
			{"POST", "/subscription/deny", object{"id": 1}, 404},
			{"POST", "/dataSource/subscribe", object{}, 400},
			{"POST", "/dataSource/subscribe", object{"dataSourceIds": []int{1}}, 404},
			{"DELETE", "/dataSource/1/unsubscribe", nil, 404},
			{"POST", "/tag/datasource/{id}", []any{object{"name": "PII"}, object{"name": "Nonsense"}}, 400},
			{"POST", "/tag/datasource/{id}", []any{}, 400},
			{"POST", "/tag/datasource/{id}", object{"name": "PII"}, 400},
			{"POST", "/tag/datasource/{id}", []any{object{"name": "PII", "color": "red"}}, 400},
			{"POST", "/tag/datasource/1", []any{object{"name": "PII"}}, 404},
			{"DELETE", "/tag/datasource/{id}/PII", nil, 404},
			{"POST", root, object{"username": "a"}, 400},
			{"POST", root, object{"username": "a", "password": ""}, 400},
			{"POST", root, object{"username": "a", "password": "b", "c": 1}, 400},
			{"POST", root, object{"username": "ada2", "password": "one"}, 400},
			{"PUT", root + "/password", object{}, 400},
			{"POST", root + "/temporary", object{"expiresIn": 0}, 400},
			{"POST", root + "/temporary", object{"projectId": 7}, 400},
			{"DELETE", root + "/accounts/1/ada", nil, 404},
			{"POST", "/dataSource/{id}/comments", object{"body": ""}, 400},
			{"POST", "/dataSource/{id}/comments", object{"body": "a", "parentId": 1}, 400},
			{"POST", "/dataSource/{id}/comments", object{"body": "a", "affectedColumn": "none"}, 400},
			{"POST", "/dataSource/{id}/comments/{comment}/reply", object{"body": "a", "affectedColumn": "name"}, 400},
			{"POST", "/dataSource/{id}/comments/1/reply", object{"body": "a"}, 404},
			{"GET", "/dataSource/{id}/comments?sortField=color", nil, 400},
			{"POST", "/dataSource/{id}/reverseMask", object{}, 400},
			{"POST", "/dataSource/{id}/reverseMask", with(asked, object{"column": "none"}), 400},
			{"POST", "/dataSource/{id}/reverseMask", with(asked, object{"unmaskingUsers": []int{}}), 400},
			{"POST", "/dataSource/{id}/reverseMask", with(asked, object{"unmaskingUsers": []int{5}}), 400},
			{"POST", "/dataSource/{id}/reverseMask", with(asked, object{"unmaskingReason": ""}), 400},
			{"POST", "/dataSource/{id}/reverseMask", with(asked, object{"metadata": object{}}), 400},
			{"POST", "/dataSource/{id}/blobs", object{"blobId": "a"}, 415},
			{"POST", columns, column(nil), 400},
			{"PUT", columns, column(object{"remoteType": nil}), 400},
			{"PUT", columns, column(object{"type": "x"}), 400},
			{"PUT", columns, object{"columns": []any{}}, 400},
			{"PUT", columns, object{}, 400},
			{"PUT", columns, object{"metadata": append(objects(column(nil)), objects(column(nil))...)}, 400},
			{"DELETE", "/dictionary/1", nil, 404},
			{"PUT", "/dataSource/{id}", object{"expiration": "tomorrow"}, 400},
			{"PUT", "/dataSource/{id}", object{"deleted": true}, 400},
			{"PUT", "/snowflake/handler/50000", object{"connectionString": "any"}, 400},
			{"PUT", "/snowflake/handler/50000", object{"metadata": metadata(object{"password": nil})}, 400},
			{"GET", "/dataSource/{id}/lineage/cousins", nil, 400},
			{"GET", "/dataSource/{id}/users/4711/policyInfo", nil, 404},
			{"GET", "/dataSource/{id}/visibilityReport?informationOnly=true", nil, 400},
			{"GET", "/dataSource/{id}/nothing/unmaskUsers", nil, 404},
			{"GET", "/dataSource/byPurposes", nil, 400},
		},
		key: {
			{"POST", "/dataSource/{id}/access", group, 403},
			{"PUT", "/dataSource/{id}/access/{subscription}", object{"state": "owner"}, 403},
			{"POST", "/subscription/deny", object{"id": subscription}, 403},
			{"POST", "/tag/datasource/{id}", []any{object{"name": "PII"}}, 403},
			{"DELETE", "/tag/datasource/{id}/PII", nil, 403},
			{"DELETE", "/dataSource/{id}/comments/{comment}", nil, 403},
			{"POST", root, object{"username": "ada", "password": "x"}, 422},
			{"DELETE", root + "/account/ada", nil, 403},
			{"PUT", root + "/password", object{"password": "x"}, 404},
		},
		governor: {
			{"POST", "/dataSource/subscribe", object{"dataSourceIds": []int{id}}, 403},
			{"POST", "/snowflake/handler", whole, 403},
			{"PUT", "/dataSource/{id}", object{"description": "governed"}, 200},
		},
	} {
		c.authorization = as
		for _, r := range requests {
			path := names.Replace(r.path)
			if got, err := c.try(r.method, path, r.body); err != nil || got.status != r.status {
				t.Errorf("%s %s %v: status %d, want %d: %s, %v", r.method, path, r.body, got.status, r.status, got.body, err)
			}
		}
	}
	s, _ := c.tenant.Source(id)
	left := []int{len(s.Tags), len(c.tenant.Members(id)), len(c.tenant.Comments(id)), len(c.tenant.SQLAccounts())}
	if s.Deleted || fmt.Sprint(left) != "[0 2 1 1]" {
		t.Errorf("a refused request took effect: %+v, %v", s, left)
	}
}

// TestUploads takes forms with all that belongs into them, and nothing else.
func TestUploads(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{})
	for want, forms := range map[int][][][2]string{
		http.StatusBadRequest: {
			{{"blobId", "a"}}, {{"file", "hello"}}, {{"blobId", "a"}, {"file", "hello"}, {"size", "5"}},
			{{"blobId", "a"}, {"file", "hello"}, {"file", "hello"}}, {{"blobId", "a"}, {"file", "hello"}, {"filesize", "6"}},
			{{"blobId", "a"}, {"blobId", "b"}, {"file", "hello"}}, {{"blobId", "a"}, {"file", "hello"}, {"date", "today"}},
		},
		http.StatusOK: {{
			{"blobId", "x/y"}, {"file", "hello"}, {"tags", "b"}, {"tags", "a"}, {"filesize", "5"}, {"filename", "Y"},
			{"date", "2026-01-05T00:00:00Z"},
		}},
	} {
		for _, fields := range forms {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			for _, field := range fields {
				create := form.CreateFormField
				if field[0] == "file" {
					create = func(name string) (io.Writer, error) { return form.CreateFormFile(name, "f") }
				}
				part, err := create(field[0])
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.WriteString(part, field[1])
			}
			_ = form.Close()
			got := served(c.tenant, "POST", fmt.Sprintf("/dataSource/%d/blobs", id), form.FormDataContentType(), &body)
			if got.Code != want {
				t.Errorf("%q: status %d, want %d: %s", fields, got.Code, want, got.Body)
			}
		}
	}
	if blobs := c.tenant.Blobs(id); len(blobs) != 1 || string(blobs["x/y"].Content) != "hello" {
		t.Errorf("unexpected blobs: %+v", blobs)
	}
}

// TestReadingATaskCompletesIt is what nobody else may show: the provider never does it.
func TestReadingATaskCompletesIt(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{})
	task := c.tenant.AddTask(fake.Task{SourceID: id, TargetIDs: []int{fake.DefaultProfileID}})
	c.do("GET", fmt.Sprintf("/dataSource/%d/tasks", id), nil, http.StatusOK)
	if state := c.tenant.Tasks(id)[0].State; state != fake.TaskPending {
		t.Errorf("a list makes the task %s", state)
	}
	c.do("GET", fmt.Sprintf("/dataSource/tasks/%d", task), nil, http.StatusOK)
	if state := c.tenant.Tasks(id)[0].State; state != fake.TaskCompleted {
		t.Errorf("the task is %s", state)
	}
	_, c.authorization = c.tenant.AddUser("Mallory", fake.CreateDataSource)
	if got := c.do("GET", fmt.Sprintf("/dataSource/%d/tasks", id), nil, http.StatusOK); got.number("count") != 0 {
		t.Errorf("a stranger sees %s", got.body)
	}
}

func TestCommentsAreFilteredAndSorted(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{})
	first := c.tenant.AddComment(id, fake.Comment{Body: "b", AffectedColumn: "name", AssociatedQuery: 3})
	second := c.tenant.AddComment(id, fake.Comment{Body: "a", Resolved: true})
	for query, want := range map[string][]int{
		"": {first, second}, "?resolved=true": {second}, "?resolved=false": {first}, "?columns=name&columns=id": {first}, "?queries=3": {first},
		"?sortField=body": {second, first}, "?sortField=createdAt&sortOrder=desc": {second, first}, "?sortField=profile.name": {first, second},
	} {
		rows, _ := c.do("GET", fmt.Sprintf("/dataSource/%d/comments%s", id, query), nil, http.StatusOK).value.([]any)
		var ids []int
		for _, row := range rows {
			ids = append(ids, reply{value: row}.number("id"))
		}
		if fmt.Sprint(ids) != fmt.Sprint(want) {
			t.Errorf("%s lists %v, want %v", query, ids, want)
		}
	}
}
