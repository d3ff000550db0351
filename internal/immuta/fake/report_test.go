package fake_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// ask reads a path and says whether its answer holds all of some texts.
func (c *client) ask(path string, status int, texts ...string) reply {
	c.t.Helper()
	got := c.do("GET", path, nil, status)
	for _, text := range texts {
		if !strings.Contains(string(got.body), text) {
			c.t.Errorf("GET %s answers %s without %s", path, got.body, text)
		}
	}
	return got
}

func TestVisibilityFollowsMembersAndTags(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, key := c.tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	id := c.tenant.AddSource(fake.SourceSpec{})
	report := fmt.Sprintf("/dataSource/%d/visibilityReport", id)
	of := func(profile int, what string) string {
		return fmt.Sprintf("/dataSource/%d/users/%d/%s", id, profile, what)
	}

	c.ask(report, 200, `"noVisibilities":true`, `"masked":[]`, `"denialReason":null`)
	c.tenant.UpdateSource(id, func(s *fake.Source) { s.Tags = []fake.Tag{{Name: "A"}, {Name: "B"}} })
	c.tenant.UpdateDictionary(id, func(d *fake.Dictionary) { d.Columns[1].Tags = []fake.ColumnTag{{Name: "PII"}} })
	c.ask(report, 200, `"noVisibilities":false`, `"dataSourceVisibilitiesCount":2`, `"userVisibilitiesCount":2`, `"masked":[]`)
	c.ask(of(grace, "visibilityReport?informationOnly=true&includeNestedColumns=false"), 200, `"userVisibilitiesCount":0`, `"name":"name"`)
	c.ask(of(grace, "policyInfo?projectId=3"), 200, `"visibilityRuleApplies":true`, `"anyKey":[]`, `"type":"hash"`)
	c.tenant.AddMember(id, fake.Member{ProfileID: grace})
	c.ask(of(grace, "policyInfo"), 200, `"anyKey":["A","B"]`)
	c.tenant.AddMember(id, fake.Member{ProfileID: grace, State: "expert"})
	c.ask(of(grace, "policyInfo"), 200, `"visibilityRuleApplies":false`, `"masked":[]`)
	c.ask(of(4711, "policyInfo"), 404, "Profile not found")
	c.ask(report+"?informationOnly=true", 400, "informationOnly", "is not allowed")

	c.authorization = key
	c.tenant.AddMember(id, fake.Member{ProfileID: grace, Pending: true})
	c.ask(report, 200, `"userVisibilitiesCount":0`, `"denialReason":"The user is not`)
	c.ask(of(fake.DefaultProfileID, "policyInfo"), 403)
}

func TestLineage(t *testing.T) {
	t.Parallel()
	c := connect(t)
	a, b := c.tenant.AddSource(fake.SourceSpec{Name: "A"}), c.tenant.AddSource(fake.SourceSpec{Name: "B"})
	c.tenant.Derive(a, b, 7)
	path := fmt.Sprintf("/dataSource/%d/lineage/", b)
	c.ask(path+"all", 200, `"children":[]`, `"dataSourceName":"A"`, `"projectId":7`)
	if got := c.ask(path+"children", 200).object(); got["parents"] != nil {
		t.Errorf("nobody asked for %v", got["parents"])
	}
	c.ask(path+"cousins", 400, "must be one of parents, children, all")
	c.tenant.Destroy(a)
	c.ask(path+"parents", 200, `{"parents":[]}`)
}

func TestActivitiesAndContacts(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	id := c.tenant.AddSource(fake.SourceSpec{Members: []fake.Member{{ProfileID: grace, State: "expert"}}})
	for i := range 12 {
		c.tenant.AddActivity(id, fake.Activity{NotificationType: fmt.Sprint("n", i), TargetUser: grace})
	}
	path := fmt.Sprintf("/dataSource/%d/", id)
	got := c.ask(path+"activities", 200, `"count":13`, `"n11"`, `"Grace Hopper"`).object()
	if rows, _ := got["activities"].([]any); len(rows) != 10 {
		t.Errorf("%d rows by default", len(rows))
	}
	c.ask(path+"activities?offset=12&size=5", 200, `"modelCreated"`, `"targetUser":null`)
	c.ask(path+"contacts", 200, `"state":"owner"`, `"state":"expert"`, `"email":"grace.hopper@example.com"`)
	c.ask(path+"id/unmaskUsers", 200, `"iamid":"bim"`)
	c.ask(path+"nothing/unmaskUsers", 404, "Column not found")
	c.tenant.Configure(fake.Without(fake.Unmasking))
	c.ask(path+"id/unmaskUsers", 404, `"message":"Not Found"`)
}

func TestHealthChecks(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{})
	path := fmt.Sprintf("/dataSource/%d/test", id)
	c.ask(path, 200, `"sql":{"lastRun"`, `"externalCatalog":null`, `"schemaEvolution":null`)
	c.tenant.SetCheck(id, "sql", "failed")
	if s, _ := c.tenant.Source(id); s.Status != "passed" {
		t.Errorf("nobody has looked, but the status is %s", s.Status)
	}
	c.ask(path, 200, `"status":"failed"`)
	if s, _ := c.tenant.Source(id); s.Status != "failed" {
		t.Errorf("the check failed, but the status is %s", s.Status)
	}
}

func TestPurposesAndMine(t *testing.T) {
	t.Parallel()
	c := connect(t)
	_, key := c.tenant.AddUser("Grace Hopper")
	both, either := c.tenant.AddSource(fake.SourceSpec{Name: "Both"}), c.tenant.AddSource(fake.SourceSpec{Name: "Either"})
	c.tenant.Restrict(both, "and", "a", "b")
	c.tenant.Restrict(either, "or", "a", "b")
	for query, want := range map[string][]string{
		"purposes=a": {"Either"}, "purposes=a&purposes=b&excludedProjects=1": {"Both", "Either"}, "purposes=c": nil,
	} {
		got := c.ask("/dataSource/byPurposes?"+query, 200)
		var names []string
		list, _ := got.value.([]any)
		for _, row := range list {
			o, _ := row.(map[string]any)
			names = append(names, fmt.Sprint(o["name"]))
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s finds %q, want %q", query, names, want)
		}
	}
	c.ask("/dataSource/byPurposes", 400, "purposes", "is required")
	c.ask("/dataSource/rpc/mine", 200, `"name":"Both"`, `"sparkUseJDBC":false`)
	c.authorization = key
	c.ask("/dataSource/rpc/mine", 200, `[]`)
}

func TestPendingTasks(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	a, b := c.tenant.AddSource(fake.SourceSpec{Name: "Alpha"}), c.tenant.AddSource(fake.SourceSpec{Name: "Beta", Hostname: "other.example.com"})
	for range 11 {
		c.tenant.AddTask(fake.Task{SourceID: a, TargetIDs: []int{grace}})
	}
	c.tenant.AddTask(fake.Task{SourceID: b, TargetIDs: []int{fake.DefaultProfileID}, RequesterID: grace, Type: "columnAdded"})
	c.tenant.AddTask(fake.Task{SourceID: b, State: fake.TaskCompleted})
	sides := func(query string) (incoming, outgoing int) {
		got := c.ask("/dataSource/tasks/pending?"+query, 200).object()
		in, _ := got["incoming"].([]any)
		out, _ := got["outgoing"].([]any)
		return len(in), len(out)
	}
	for query, want := range map[string][2]int{
		"":                        {1, 10},
		"size=100":                {1, 11},
		"offset=10&size=5":        {0, 1},
		"types=columnAdded":       {1, 0},
		"searchText=alp":          {0, 10},
		"countOnly=true":          {1, 1},
		"countByDataSource=true":  {1, 1},
		"groupByDataSource=true":  {1, 1},
		"searchModel=dataSource":  {1, 10},
		"countOnly=false&size=11": {1, 11},
		"schemaEvolutionConnectionString=IMMUTA@other.example.com:443/PROD": {1, 0},
		"countBySchemaEvolution=true":                                       {1, 1},
	} {
		if in, out := sides(query); in != want[0] || out != want[1] {
			t.Errorf("%q: %d incoming and %d outgoing, want %v", query, in, out, want)
		}
	}
	c.ask("/dataSource/tasks/pending?searchModel=all", 400, "must be one of dataSource, schemaEvolution")
	if c.tenant.Tasks(a)[0].State != fake.TaskPending {
		t.Error("reading completed a task")
	}
}

func TestS3(t *testing.T) {
	t.Parallel()
	c := connect(t)
	id := c.tenant.AddSource(fake.SourceSpec{Metadata: map[string]any{"bodataTableName": "orders"}})
	for _, key := range []string{"a", "b/1", "b/2", "c d"} {
		c.tenant.SetBlob(id, key, fake.Blob{Content: []byte("1234")})
	}
	for _, wrong := range []string{fake.DefaultAPIKey, "AWS " + fake.DefaultAPIKey, "AWS other:immuta", "AWS " + fake.DefaultAPIKey + ":other"} {
		c.authorization = wrong
		c.ask("/s3p", http.StatusUnauthorized)
	}
	c.authorization = "AWS " + fake.DefaultAPIKey + ":" + fake.Bucket
	c.ask("/s3p", 200, "<ListAllMyBucketsResult xmlns=", "<Bucket><Name>immuta</Name>")
	c.ask("/s3p/other", 404, "NoSuchBucket")
	c.ask("/s3p/immuta?location=true", 200, "<LocationConstraint>us-east-1<")
	c.ask("/s3p/immuta", 200, "<Key>orders/a</Key>", "<Key>orders/c d</Key>", "<IsTruncated>false<", "<Owner>", "<Size>4</Size>")
	c.ask("/s3p/immuta?max-keys=1", 200, "<IsTruncated>true<", "<Key>orders/a</Key>")
	c.ask("/s3p/immuta?marker=orders/b/1&encoding-type=url", 200, "<Key>orders/b/2</Key><", "<Key>orders/c+d</Key>", "<EncodingType>url<")
	c.ask("/s3p/immuta?delimiter=/&prefix=orders/&max-keys=2", 200, "<NextMarker>orders/b/</NextMarker>", "<CommonPrefixes><Prefix>orders/b/<")
	if got := c.ask("/s3p/immuta?list-type=2&start-after=orders/b/1", 200, "<KeyCount>2<"); strings.Contains(string(got.body), "<Owner>") {
		t.Errorf("nobody asked for the owner: %s", got.body)
	}
	c.ask("/s3p/immuta?list-type=2&fetch-owner=true", 200, "<Owner>")
	c.ask("/s3p/immuta?versions=1", 400, "versions", "is not allowed")
	if got := c.ask("/s3p/immuta/orders/b/1", 200, "1234"); got.header.Get("Etag") == "" {
		t.Error("the object has no checksum")
	}
	c.ask("/s3p/immuta/orders/nothing", 404, "NoSuchKey")
	c.tenant.Configure(fake.WithObjectListings())
	c.ask("/s3p/immuta/orders/b/1", 200, "<ListBucketResult", "<Key>orders/b/1</Key>")
	c.tenant.Disable(id)
	c.ask("/s3p/immuta/orders/b/1", 404, "NoSuchKey")
}
