package fake_test

import (
	"net/http"
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

func TestPendingTasks(t *testing.T) {
	t.Parallel()
	c := connect(t)
	grace, _ := c.tenant.AddUser("Grace Hopper")
	a := c.tenant.AddSource(fake.SourceSpec{Name: "Alpha"})
	b := c.tenant.AddSource(fake.SourceSpec{Name: "Beta", Hostname: "other.example.com"})
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
	const key = "AWS " + fake.DefaultAPIKey
	for _, wrong := range []string{fake.DefaultAPIKey, key, "AWS other:immuta", key + ":other"} {
		c.authorization = wrong
		c.ask("/s3p", http.StatusUnauthorized)
	}
	c.authorization = key + ":" + fake.Bucket
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
