package fake_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

func TestSQLAccounts(t *testing.T) {
	t.Parallel()
	c := connect(t)
	const root = "/dataSource/featureStore"
	if got := c.do("GET", root, nil, http.StatusOK); got.object()["user"] != nil || got.text("host") == "" || got.text("sslmode") == "" {
		t.Errorf("without an account: %s", got.body)
	}
	c.do("PUT", root+"/password", object{"password": "x"}, http.StatusNotFound)
	for _, wrong := range []object{{}, {"username": "a"}, {"username": "a", "password": ""}, {"username": "a", "password": "b", "c": 1}} {
		c.do("POST", root, wrong, http.StatusBadRequest)
	}
	if got := c.do("POST", root, object{"username": "ada", "password": "one"}, http.StatusOK); string(got.body) != `{"status":true}` {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("POST", root, object{"username": "ada2", "password": "one"}, http.StatusBadRequest)
	c.do("PUT", root+"/password", object{}, http.StatusBadRequest)
	if got := c.do("PUT", root+"/password", object{"password": "two"}, http.StatusOK); got.object()["success"] != true {
		t.Errorf("unexpected answer: %s", got.body)
	}
	if got := c.do("GET", root+"/connection", nil, http.StatusOK); got.text("sqlUser") != "ada" || !strings.Contains(got.text("connectionString"), "ada@") {
		t.Errorf("unexpected answer: %s", got.body)
	}
	if got := c.tenant.SQLAccounts()["ada"]; got.Password != "two" || got.ProfileID != fake.DefaultProfileID {
		t.Errorf("unexpected account: %+v", got)
	}

	// Names belong to one user, and only governors delete those of others.
	other, key := c.tenant.AddUser("Ben", fake.CreateDataSource)
	ben := &client{t: t, tenant: c.tenant, server: c.server, authorization: key}
	if got := ben.do("POST", root, object{"username": "ada", "password": "x"}, http.StatusUnprocessableEntity); !strings.Contains(string(got.body), `"unique"`) {
		t.Errorf("unexpected answer: %s", got.body)
	}
	ben.do("DELETE", root+"/account/ada", nil, http.StatusForbidden)
	ben.do("POST", root, object{"username": "ben", "password": "x"}, http.StatusOK)
	c.do("DELETE", fmt.Sprintf("%s/accounts/%d/nobody", root, other), nil, http.StatusNotFound)
	c.do("DELETE", fmt.Sprintf("%s/accounts/%d/ben@example.com", root, other), nil, http.StatusOK)
	c.do("DELETE", root+"/account/ben", nil, http.StatusNotFound)
	c.do("DELETE", root+"/account/ada", nil, http.StatusOK)

	// Temporary accounts are told of once, and expire.
	got := c.do("POST", root+"/temporary", object{"projectId": "7", "accountPrefix": "tf", "expiresIn": 5, "forceDirectAudit": true}, http.StatusOK)
	if got.text("sqlUser") != "tf_1" || got.text("sqlPassword") == "" || !strings.Contains(got.text("connectionString"), got.text("sqlPassword")) {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("POST", root+"/temporary", object{"expiresIn": 0}, http.StatusBadRequest)
	c.do("POST", root+"/temporary", object{"projectId": 7}, http.StatusBadRequest)
	if got := c.tenant.SQLAccounts()["tf_1"]; !got.Temporary || got.ProjectID != "7" || !got.ForceDirectAudit {
		t.Errorf("unexpected account: %+v", got)
	}
	c.tenant.Advance(5 * time.Minute)
	c.do("DELETE", root+"/account/tf_1", nil, http.StatusNotFound)

	c.tenant.Configure(fake.WithSQLAccountNotFound())
	c.do("GET", root, nil, http.StatusNotFound)
	c.do("GET", root+"/connection", nil, http.StatusNotFound)
	c.tenant.Configure(fake.WithoutQueryEngine())
	if got := c.do("GET", root, nil, http.StatusBadRequest); got.text("message") != "The query engine is disabled." {
		t.Errorf("unexpected answer: %s", got.body)
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, _ := c.create(nil)
	path := fmt.Sprintf("/dataSource/%d/comments", id)
	for _, wrong := range []object{{}, {"body": ""}, {"body": "a", "parentId": 1}, {"body": "a", "affectedColumn": "none"}} {
		c.do("POST", path, wrong, http.StatusBadRequest)
	}
	first := c.do("POST", path, object{"body": "b", "affectedColumn": "name", "associatedQuery": 3}, http.StatusOK).number("id")
	second := c.do("POST", path, object{"body": "a"}, http.StatusOK).number("id")
	single := func(id int) string { return fmt.Sprintf("%s/%d", path, id) }
	answer := c.do("POST", single(first)+"/reply", object{"body": "yes"}, http.StatusOK).number("id")
	c.do("POST", single(first)+"/reply", object{"body": "yes", "affectedColumn": "name"}, http.StatusBadRequest)
	c.do("POST", path+"/1/reply", object{"body": "yes"}, http.StatusNotFound)
	c.do("POST", single(second)+"/resolve", nil, http.StatusOK)

	// One comment has its author's id, a list has the author.
	got := c.do("GET", single(answer), nil, http.StatusOK)
	if got.number("author") != fake.DefaultProfileID || got.number("parentId") != first || got.object()["resolved"] != false {
		t.Errorf("unexpected comment: %s", got.body)
	}
	if strings.Contains(string(c.do("GET", single(first), nil, http.StatusOK).body), "affectedColumn") {
		t.Error("a comment tells what it is about")
	}
	for query, want := range map[string][]int{
		"": {first, second}, "?resolved=true": {second}, "?resolved=false": {first}, "?columns=name&columns=id": {first}, "?queries=3": {first},
		"?sortField=body": {second, first}, "?sortField=createdAt&sortOrder=desc": {second, first}, "?sortField=profile.name": {first, second},
	} {
		rows, _ := c.do("GET", path+query, nil, http.StatusOK).value.([]any)
		var ids []int
		for _, row := range rows {
			ids = append(ids, reply{value: row}.number("id"))
		}
		if fmt.Sprint(ids) != fmt.Sprint(want) {
			t.Errorf("%s lists %v, want %v", query, ids, want)
		}
	}
	c.do("GET", path+"?sortField=color", nil, http.StatusBadRequest)
	if got := c.do("GET", path, nil, http.StatusOK); !strings.Contains(string(got.body), `"totalreplies":1`) || !strings.Contains(string(got.body), `"name":"Ada Byron"`) {
		t.Errorf("unexpected list: %s", got.body)
	}
	if got := c.do("GET", single(first)+"/replies", nil, http.StatusOK); !strings.Contains(string(got.body), fmt.Sprintf(`"id":%d`, answer)) {
		t.Errorf("unexpected replies: %s", got.body)
	}
	for query, want := range map[string]int{"": 2, "?columns=true": 1, "?resolved=true": 1, "?queries=3": 1} {
		if got := c.do("GET", path+"/count"+query, nil, http.StatusOK); got.number("count") != want {
			t.Errorf("%s counts %s, want %d", query, got.body, want)
		}
	}

	_, key := c.tenant.AddUser("Ben", fake.CreateDataSource)
	ben := &client{t: t, tenant: c.tenant, server: c.server, authorization: key}
	ben.do("DELETE", single(first), nil, http.StatusForbidden)
	c.do("DELETE", single(first), nil, http.StatusOK)
	c.do("GET", single(answer), nil, http.StatusNotFound)
	if left := c.tenant.Comments(id); len(left) != 1 || left[0].ID != second || !left[0].Resolved {
		t.Errorf("left: %+v", left)
	}
	c.tenant.Configure(fake.Without(fake.Comments))
	if got := c.do("GET", path, nil, http.StatusNotFound); got.text("message") != "Not Found" {
		t.Errorf("unexpected answer: %s", got.body)
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, _ := c.create(nil)
	grace, key := c.tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	mask, list := fmt.Sprintf("/dataSource/%d/reverseMask", id), fmt.Sprintf("/dataSource/%d/tasks", id)
	asked := object{"column": "name", "unmaskingReason": "why", "unmaskingUsers": []int{grace}}
	for _, wrong := range []object{
		{}, with(asked, object{"column": "none"}), with(asked, object{"unmaskingUsers": []int{}}), with(asked, object{"unmaskingUsers": []int{5}}),
		with(asked, object{"unmaskingReason": ""}), with(asked, object{"metadata": object{}}),
	} {
		c.do("POST", mask, wrong, http.StatusBadRequest)
	}
	got := c.do("POST", mask, with(asked, object{"projectId": 7, "dataSourceId": id, "values": []string{"x1"}}), http.StatusOK)
	task := got.number("id")
	if got.text("state") != "pending" || got.number("requestingUserProfile") != fake.DefaultProfileID || got.text("reason") != "why" {
		t.Errorf("unexpected task: %s", got.body)
	}
	for query, want := range map[string]int{
		"": 1, "?states=completed": 0, "?states=pending&states=completed": 1, "?types=columnAdded": 0, "?types=unmask": 1,
		fmt.Sprintf("?targetProfileId=%d", grace): 1, fmt.Sprintf("?requestingUserProfileId=%d", grace): 0, fmt.Sprintf("?profileId=%d", grace): 1,
		"?searchText=NAM": 1, "?searchText=zzz": 0, "?countOnly=true": 1, "?sortField=id&sortOrder=asc": 1,
	} {
		if got := c.do("GET", list+query, nil, http.StatusOK); got.number("count") != want {
			t.Errorf("%s counts %s, want %d", query, got.body, want)
		}
	}
	row := string(c.do("GET", list, nil, http.StatusOK).body)
	for _, want := range []string{`"targetNames":"Grace Hopper"`, `"name":"Ada Byron"`, `"values":["x1"]`} {
		if !strings.Contains(row, want) || strings.Contains(row, "why") {
			t.Errorf("unexpected list: %s", row)
		}
	}
	_, strangersKey := c.tenant.AddUser("Mallory", fake.CreateDataSource)
	stranger := &client{t: t, tenant: c.tenant, server: c.server, authorization: strangersKey}
	if got := stranger.do("GET", list, nil, http.StatusOK); got.number("count") != 0 {
		t.Errorf("a stranger sees %s", got.body)
	}

	// A GET completes.
	asGrace := &client{t: t, tenant: c.tenant, server: c.server, authorization: key}
	single := fmt.Sprintf("/dataSource/tasks/%d", task)
	if got := asGrace.do("GET", single, nil, http.StatusOK); !strings.Contains(string(got.body), `"result":[{`) {
		t.Errorf("unexpected answer: %s", got.body)
	}
	if got := c.tenant.Tasks(id)[0].State; got != fake.TaskCompleted {
		t.Errorf("the task is %s", got)
	}
	if got := c.do("DELETE", single, nil, http.StatusOK); got.number("id") != task || got.text("targetEmails") == "" {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("GET", single, nil, http.StatusNotFound)
	c.do("DELETE", single, nil, http.StatusNotFound)

	c.tenant.Configure(fake.WithTaskPerTarget())
	several := c.do("POST", mask, with(asked, object{"unmaskingUsers": []int{grace, fake.DefaultProfileID}}), http.StatusOK)
	if rows, _ := several.value.([]any); len(rows) != 2 || len(c.tenant.Tasks(id)) != 2 {
		t.Errorf("unexpected answer: %s", several.body)
	}
	c.tenant.Destroy(id)
	if left := c.tenant.Tasks(id); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id, _ := c.create(nil)
	path := fmt.Sprintf("/dataSource/%d/", id)
	upload := func(route string, fields [][2]string, status int) string {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for _, field := range fields {
			if field[0] == "file" {
				w, err := form.CreateFormFile("file", "f")
				if err != nil {
					t.Fatal(err)
				}
				_, _ = w.Write([]byte(field[1]))
				continue
			}
			if err := form.WriteField(field[0], field[1]); err != nil {
				t.Fatal(err)
			}
		}
		_ = form.Close()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.server.URL+path+route, &body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", form.FormDataContentType())
		request.Header.Set("Authorization", c.authorization)
		response, err := c.server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		var answer bytes.Buffer
		_, _ = answer.ReadFrom(response.Body)
		if response.StatusCode != status {
			t.Fatalf("status %d, want %d: %s", response.StatusCode, status, answer.String())
		}
		return answer.String()
	}
	c.do("POST", path+"blobs", object{"blobId": "a"}, http.StatusUnsupportedMediaType)
	for _, wrong := range [][][2]string{
		{{"blobId", "a"}}, {{"file", "hello"}}, {{"blobId", "a"}, {"file", "hello"}, {"size", "5"}}, {{"blobId", "a"}, {"file", "hello"}, {"filesize", "6"}},
		{{"blobId", "a"}, {"blobId", "b"}, {"file", "hello"}}, {{"blobId", "a"}, {"file", "hello"}, {"date", "today"}},
	} {
		upload("blobs", wrong, http.StatusBadRequest)
	}
	good := [][2]string{{"blobId", "x/y.txt"}, {"file", "hello"}, {"tags", "b"}, {"tags", "a"}, {"filesize", "5"}, {"date", "2026-01-05T00:00:00Z"}, {"filename", "Y"}}
	if got := upload("persistBlob", good, http.StatusOK); !strings.Contains(got, `"blobsInserted":[{"blobId":"x/y.txt"}]`) || !strings.Contains(got, `"tags":["b","a"]`) {
		t.Errorf("unexpected answer: %s", got)
	}
	if got := c.tenant.Blobs(id)["x/y.txt"]; string(got.Content) != "hello" || !got.Persisted || got.Filename != "Y" || len(got.Tags) != 2 {
		t.Errorf("unexpected blob: %+v", got)
	}
	c.tenant.FailBlob("z", "broken")
	if got := upload("blobs", [][2]string{{"blobId", "z"}, {"file", ""}}, http.StatusOK); !strings.Contains(got, `"error":"broken"`) {
		t.Errorf("unexpected answer: %s", got)
	}
	if got := c.do("GET", path+"blob/x/y.txt", nil, http.StatusOK); string(got.body) != "hello" || got.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("unexpected blob: %s", got.body)
	}
	c.do("GET", path+"blob/x", nil, http.StatusNotFound)
	if got := c.do("DELETE", path+"blob/x/y.txt", nil, http.StatusOK); len(got.body) != 0 {
		t.Errorf("unexpected answer: %s", got.body)
	}
	c.do("DELETE", path+"blob/x/y.txt", nil, http.StatusNotFound)
	c.tenant.Configure(fake.Without(fake.Blobs))
	if got := c.do("GET", path+"blob/z", nil, http.StatusNotFound); got.text("message") != "Not Found" {
		t.Errorf("unexpected answer: %s", got.body)
	}
}
