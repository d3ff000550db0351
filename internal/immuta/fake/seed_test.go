package fake_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// seeded is a client of a tenant with a seed.
func seeded(t *testing.T, seed string) *client {
	t.Helper()
	c := connect(t)
	if err := c.tenant.Seed([]byte(seed)); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSeedSources(t *testing.T) {
	t.Parallel()
	const sql = `"remote_schema": "S", "remote_table": "T"`
	for technology, test := range map[string]struct {
		keys     string // besides the name and the technology
		handler  string
		metadata object // among others; null: not there
	}{
		"snowflake": {
			`"server": {"hostname": "h", "database": "D", "warehouse": "W", "username": "U", "connection_string_options": "role=R"}, ` + sql,
			"snowflake", object{
				"hostname": "h", "database": "D", "warehouse": "W", "username": "U", "connectionStringOptions": "role=R", "schema": "S",
				"table": "T", "port": 443.0, "ssl": true, "authenticationMethod": "userPassword", "bodataTableName": "t",
			},
		},
		"Snowflake": {
			`"server": {"hostname": "h", "database": "D", "warehouse": "W", "authentication_method": "oAuthClientCredentials"},
				"query": "select 1"`,
			"snowflake", object{"query": "select 1", "table": nil, "username": nil, "authenticationMethod": "oAuthClientCredentials"},
		},
		"Databricks": {
			`"server": {"hostname": "h", "database": "D", "http_path": "/sql", "port": 8443, "ssl": false}, ` + sql,
			"databricks", object{"httpPath": "/sql", "port": 8443.0, "ssl": false, "username": nil, "authenticationMethod": "Access Token"},
		},
		"Redshift": {`"server": {"hostname": "h", "database": "D", "username": "U"}, ` + sql, "redshift", object{"port": 5439.0}},
		"Trino": {
			`"server": {"hostname": "h", "database": "D", "port": null},
			` + sql, "trino", object{"username": nil, "port": 443.0},
		},
		"Synapse": {
			`"server": {"hostname": "h", "database": "D", "username": "U"},
			` + sql, "asa", object{"username": "U", "port": 1433.0},
		},
		"Native S3": {`"integration_id": 7, "prefix": "p/q"`, "native-s3", object{"integrationId": 7.0, "prefix": "p/q"}},
	} {
		t.Run(technology, func(t *testing.T) {
			t.Parallel()
			c := seeded(t, fmt.Sprintf(`{"sources": [{"name": "N", "technology": %q, %s}]}`, technology, test.keys))
			source, found := c.tenant.SourceByName("N")
			if !found || source.Deleted || source.CreatedBy != fake.DefaultProfileID || source.SubscriptionType != "manual" {
				t.Fatalf("unexpected source: %+v", source)
			}
			handler := c.do("GET", fmt.Sprintf("/%s/handler/%d", test.handler, source.HandlerID), nil, http.StatusOK)
			metadata, _ := handler.object()["metadata"].(map[string]any)
			got := object{}
			for key := range test.metadata {
				got[key] = metadata[key]
			}
			if diff := cmp.Diff(test.metadata, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSeedEveryKind(t *testing.T) {
	t.Parallel()
	c := seeded(t, `{
		"users": [
			{"name": "Mary", "api_key": "mary-key", "permissions": ["CREATE_DATA_SOURCE", "USER_ADMIN"]},
			{"name": "Karen", "permissions": []},
			{"name": "Sophie"}
		],
		"groups": ["Finance Team"],
		"tags": ["Discovered.Email", "PII"],
		"sources": [{
			"name": "N", "technology": "Native S3", "integration_id": 1, "prefix": "p", "description": "About.", "enabled": false,
			"created_by": "Mary", "subscription_type": "approval", "tags": ["Discovered.Email", "Team.Sales"],
			"columns": [
				{"name": "id", "data_type": "integer", "remote_type": "number", "nullable": false},
				{"name": "mail", "data_type": "text", "remote_type": "varchar", "remote_column": "MAIL", "description": "Where.", "tags": ["PII"]}
			],
			"members": [
				{"user": "Karen", "role": "expert"}, {"group": "Finance Team"},
				{"group": "Analysts", "role": "subscribed", "expiration": "2027-01-01T00:00:00Z"}
			]
		}]
	}`)
	const mary, karen, sophie = fake.DefaultProfileID + 1, fake.DefaultProfileID + 2, fake.DefaultProfileID + 3
	for key, want := range map[string]string{
		"mary-key":                            `"permissions":["CREATE_DATA_SOURCE","USER_ADMIN"]`,
		fmt.Sprintf("demo-key-of-%d", karen):  `"permissions":[]`,
		fmt.Sprintf("demo-key-of-%d", sophie): `"permissions":["CREATE_DATA_SOURCE","CREATE_S3_DATASOURCE","GOVERNANCE"]`,
	} {
		c.authorization = key
		if got := c.do("GET", "/bim/rpc/user/current", nil, http.StatusOK); !strings.Contains(string(got.body), want) {
			t.Errorf("%s is %s, want %s", key, got.body, want)
		}
	}
	c.authorization = fake.DefaultAPIKey

	source, _ := c.tenant.SourceByName("N")
	if !source.Deleted || source.Description != "About." || source.CreatedBy != mary || source.SubscriptionType != "approval" {
		t.Errorf("unexpected source: %+v", source)
	}
	wantTags := []fake.Tag{
		{Name: "Discovered.Email", Source: "curated", AddedBy: mary}, {Name: "Team.Sales", Source: "curated", AddedBy: mary},
	}
	if diff := cmp.Diff(wantTags, source.Tags); diff != "" {
		t.Error(diff)
	}

	dictionary, _ := c.tenant.Dictionary(source.ID)
	no := false
	remote, described := "MAIL", "Where."
	wantColumns := []fake.Column{
		{Name: "id", DataType: "integer", RemoteType: "number", Nullable: &no},
		{
			Name: "mail", DataType: "text", RemoteType: "varchar", RemoteColumn: &remote, Description: &described,
			Tags: []fake.ColumnTag{{Name: "PII", Source: "curated"}},
		},
	}
	if diff := cmp.Diff(wantColumns, dictionary.Columns); diff != "" {
		t.Error(diff)
	}

	type member struct {
		profile, group   int
		role, expiration string
	}
	var members []member
	for _, m := range c.tenant.Members(source.ID) {
		members = append(members, member{m.ProfileID, m.GroupID, m.State, m.Expiration})
	}
	wantMembers := []member{
		{mary, 0, "owner", ""}, {karen, 0, "expert", ""}, {0, fake.DefaultGroupID + 1, "subscribed", ""},
		{0, fake.DefaultGroupID, "subscribed", "2027-01-01T00:00:00Z"},
	}
	if diff := cmp.Diff(wantMembers, members, cmp.AllowUnexported(member{})); diff != "" {
		t.Error(diff)
	}

	// A tag of the seed can be added; one that nobody defined cannot, and then neither is added.
	other := c.tenant.AddSource(fake.SourceSpec{})
	add := func(status int, names ...string) {
		t.Helper()
		var tags []object
		for _, name := range names {
			tags = append(tags, object{"name": name})
		}
		c.do("POST", fmt.Sprintf("/tag/datasource/%d", other), tags, status)
	}
	add(http.StatusBadRequest, "PII", "Discovered.Phone")
	if s, _ := c.tenant.Source(other); len(s.Tags) != 0 {
		t.Errorf("tagged with %v", s.Tags)
	}
	add(http.StatusOK, "PII", "Discovered.Email")
}

func TestSeedRefusals(t *testing.T) {
	t.Parallel()
	// s3 is a source with some keys besides.
	s3 := func(name, keys string) string {
		return fmt.Sprintf(`{"name": %q, "technology": "Native S3", "integration_id": 1, "prefix": %[1]q%s}`, name, keys)
	}
	source := func(keys string) string { return `{"sources": [` + s3("A", ", "+keys) + `]}` }
	server := func(technology, keys string) string {
		return fmt.Sprintf(`{"sources": [{"name": "A", "technology": %q, "server": {"hostname": "h", "database": "d"%s}, "query": "q"}]}`,
			technology, keys)
	}
	const column = `"data_type": "text", "remote_type": "text"`
	for name, test := range map[string]struct{ seed, want string }{
		"no JSON":          {"{\n\"users\": [],\n}", "line 3: invalid character"},
		"cut off":          {"{\n", "line 2: unexpected end"},
		"a list":           {`[]`, `"value" must be an object`},
		"unknown kind":     {`{"sorces": []}`, `"sorces" is not allowed`},
		"unknown user key": {`{"users": [{"name": "A"}, {"name": "B", "key": "b"}]}`, `"users[1].key" is not allowed`},
		"nameless user":    {`{"users": [{}]}`, `"users[0].name" is required`},
		"user there":       {`{"users": [{"name": "Ada Byron"}]}`, `"users[0].name": there is a user "Ada Byron" already`},
		"key there": {
			`{"users": [{"name": "A", "api_key": "demo-key"}]}`,
			`"users[0].api_key": "Ada Byron" has this key already`,
		},
		"group is an object": {`{"groups": [{"name": "A"}]}`, `"groups[0]" must be a string`},
		"group there":        {`{"groups": ["A", "Analysts"]}`, `"groups[1]": there is a group "Analysts" already`},
		"nameless group":     {`{"groups": [""]}`, `"groups[0]": a name is required`},
		"nameless tag":       {`{"tags": [null]}`, `"tags[0]": a name is required`},
		"no source": {
			`{"sources": [null]}`,
			`"sources[0].technology": must be one of Databricks, Native S3, Redshift, Snowflake, Synapse, Trino`,
		},
		"unknown technology": {`{"sources": [{"technology": "Oracle"}]}`, `"sources[0].technology": must be one of Databricks`},
		"unknown source key": {source(`"remote_table": "T"`), `"sources[0].remote_table" is not allowed`},
		"missing source key": {`{"sources": [{"name": "A", "technology": "Trino"}]}`, `"sources[0].server" is required`},
		"missing table":      {strings.Replace(server("Trino", ""), `, "query": "q"`, "", 1), `"sources[0].remote_schema" is required`},
		"missing server key": {server("Snowflake", ""), `"sources[0].server.warehouse" is required`},
		"other's server key": {server("Redshift", `, "warehouse": "W"`), `"sources[0].server.warehouse" is not allowed`},
		"secret":             {server("Trino", `, "password": "hush"`), `"sources[0].server.password" is not allowed`},
		"method needs user": {
			server("Trino", `, "authentication_method": "LDAP Authentication"`),
			`"sources[0].server.username" is required`,
		},
		"unknown method": {
			server("Trino", `, "authentication_method": "keyPair"`),
			`"sources[0].server.authentication_method" must be one of`,
		},
		"no method": {
			server("Redshift", `, "authentication_method": "x", "username": "u"`),
			`server.authentication_method" is not allowed`,
		},
		"name there": {
			`{"sources": [` + s3("A", "") + `, ` + s3("A", "") + `]}`,
			`"sources[1].name": A data source named "A" already exists.`,
		},
		"table there": {
			`{"sources": [` + s3("A", "") + `, ` + strings.Replace(s3("A", ""), `"A"`, `"B"`, 1) + `]}`,
			`"sources[1]": another source stands for the same table`,
		},
		"unknown creator": {source(`"created_by": "Nobody"`), `"sources[0].created_by": there is no user "Nobody"`},
		"unknown tag":     {source(`"tags": ["PII", "Nonsense"]`), `"sources[0].tags[1]": there is no tag "Nonsense"`},
		"unknown column key": {
			source(`"columns": [{"name": "c", ` + column + `, "type": "x"}]`),
			`"sources[0].columns[0].type" is not allowed`,
		},
		"column twice": {
			source(`"columns": [{"name": "c", ` + column + `}, {"name": "c", ` + column + `}]`),
			`"sources[0].columns[1].name": there is a column "c"`,
		},
		"unknown column tag": {
			source(`"columns": [{"name": "c", ` + column + `, "tags": ["Nonsense"]}]`),
			`"sources[0].columns[0].tags[0]": there is no tag`,
		},
		"unknown role": {
			source(`"members": [{"user": "Ada Byron", "role": "boss"}]`),
			`"sources[0].members[0].role" must be one of subscribed`,
		},
		"unknown user": {source(`"members": [{"user": "Nobody"}]`), `"sources[0].members[0].user": there is no user "Nobody"`},
		"unknown group": {
			source(`"members": [{"group": "Nobodies"}]`),
			`"sources[0].members[0].group": there is no group "Nobodies"`,
		},
		"user and group": {source(`"members": [{"user": "Ada Byron", "group": "Analysts"}]`), `"sources[0].members[0]": exactly one`},
		"neither":        {source(`"members": [{"role": "owner"}]`), `"sources[0].members[0]": exactly one`},
		"member twice": {
			source(`"members": [{"group": "Analysts"}, {"group": "Analysts"}]`),
			`"sources[0].members[1]": is a member already`,
		},
		"several at once": {source(`"created_by": "Nobody", "tags": ["Nonsense"]`), "\"Nobody\"\n\"sources[0].tags[0]\""},
		"one by one":      {`{"sources": [{"technology": "Oracle"}, {"technology": "Oracle"}]}`, `"sources[1].technology"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := fake.New()
			err := tenant.Seed([]byte(test.seed))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
			if sources := tenant.Sources(); len(sources) > 1 || (len(sources) == 1 && !strings.Contains(test.want, "sources[1]")) {
				t.Errorf("added all the same: %+v", sources)
			}
		})
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	tenant := fake.New()
	const start = `users    Ada Byron (17, key demo-key)
groups   Analysts (40000)
tags     Finance, PII, Sales, Sensitivity, Sensitivity.High, Sensitivity.Low, Team, Team.Finance, Team.Sales
sources  `
	if got := tenant.Contents(); got != start+"none\n" {
		t.Errorf("a new tenant has\n%s", got)
	}
	tenant.AddUser("Grace Hopper", fake.Governance)
	tenant.AddGroup("Auditors")
	tenant.DefineTags("A.B")
	tenant.AddSource(fake.SourceSpec{Name: "Orders"})
	tenant.AddSource(fake.SourceSpec{Name: "Exports", Technology: "Native S3", Deleted: true})
	const full = `users    Ada Byron (17, key demo-key), Grace Hopper (18, key demo-key-of-18)
groups   Analysts (40000), Auditors (40001)
tags     A.B, Finance, PII, Sales, Sensitivity, Sensitivity.High, Sensitivity.Low, Team, Team.Finance, Team.Sales
sources  Orders (100, Snowflake), Exports (101, Native S3, disabled)
`
	if diff := cmp.Diff(full, tenant.Contents()); diff != "" {
		t.Error(diff)
	}
	for range 30 {
		tenant.AddSource(fake.SourceSpec{})
	}
	if got := tenant.Contents(); !strings.HasSuffix(got, "Source 119 (119, Snowflake) and 12 more\n") || strings.Count(got, "\n") != 4 {
		t.Errorf("a large tenant has\n%s", got)
	}
}

// asked is how long a tenant takes to answer three requests at once, and the highest status.
func asked(tenant *fake.Tenant) (took time.Duration, highest int) {
	start, statuses := time.Now(), make(chan int)
	for range 3 {
		go func() { statuses <- served(tenant, "GET", "/dataSource", "", nil).Code }()
	}
	for range 3 {
		highest = max(highest, <-statuses)
	}
	return time.Since(start), highest
}

func TestLatency(t *testing.T) {
	t.Parallel()
	const latency = 300 * time.Millisecond
	for name, test := range map[string]struct {
		arrange func(*fake.Tenant)
		takes   time.Duration
		status  int
	}{
		"of an answer": {func(*fake.Tenant) {}, latency, http.StatusOK},
		"of a fault": {
			func(tenant *fake.Tenant) { tenant.Fault(fake.Fault{Times: fake.Always}) }, latency, http.StatusServiceUnavailable,
		},
		"of a rate limit": {
			func(tenant *fake.Tenant) { tenant.Configure(fake.WithRateLimit(1, "")) }, latency, http.StatusTooManyRequests,
		},
		"once closed": {(*fake.Tenant).Close, 0, http.StatusOK},
		"none":        {func(tenant *fake.Tenant) { tenant.Configure(fake.WithLatency(0)) }, 0, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tenant := fake.New(fake.WithLatency(latency))
				test.arrange(tenant)
				if took, status := asked(tenant); took != test.takes || status != test.status {
					t.Errorf("it answers %d after %s, want %d after %s", status, took, test.status, test.takes)
				}
			})
		})
	}
}

func TestLatencyOfAClientThatLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := fake.New(fake.WithLatency(time.Hour))
		id := tenant.AddSource(fake.SourceSpec{})
		ctx, leave := context.WithCancel(t.Context())
		request := httptest.NewRequestWithContext(ctx, "DELETE", fmt.Sprintf("/dataSource/%d", id), nil)
		request.Header.Set("Authorization", fake.DefaultAPIKey)
		start, ended := time.Now(), make(chan struct{})
		go func() {
			tenant.ServeHTTP(httptest.NewRecorder(), request)
			close(ended)
		}()
		synctest.Wait()
		if s, _ := tenant.Source(id); !s.Deleted {
			t.Error("the request waits before it takes effect")
		}
		leave()
		<-ended
		if took := time.Since(start); took != 0 {
			t.Errorf("it waits for %s after the client left", took)
		}
	})
}
