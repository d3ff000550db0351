package handler_test

import (
	"slices"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// rich is a configuration that says something of nearly everything.
func rich() acctest.Config {
	return protoConfig(attrs{
		"description": "Orders of all shops", "documentation": "# Orders", "organization": "Retail", "category": "Sales",
		"has_examples": true, "private": true, "record_format": "json", "expiration": "2027-01-01T02:00:00+02:00",
		"column_evolution_enabled": true,
		"catalog_metadata":         attrs{"id": "7", "provider": "Collibra"},
		"stale_data_tolerance":     0, "event_time_column": "ORDERED_AT", "disable_sensitive_data_discovery": true,
		"schema_project_name": "Sales",
		"native_view":         attrs{"name": "orders_view", "schema_name": "views"},
		"additional_metadata": `{"useCertificate": true}`,
		"columns":             []any{attrs{"name": "ID", "data_type": "integer", "remote_type": "number", "nullable": false}},
		"schema_evolution":    attrs{"owner_profile_id": fake.DefaultProfileID, "schemas": []any{"SALES"}},
		"server.port":         443, "server.ssl": true, "server.connection_string_options": "role=IMMUTA_ROLE",
		"server.authentication_method": "userPassword",
	})
}

// TestProtocolEveryShapeOfAnAnswer takes a source through its life on tenants that answer in every way that the facts allow.
func TestProtocolEveryShapeOfAnAnswer(t *testing.T) {
	t.Parallel()
	shapes := map[string][]fake.Option{
		"as documented":                  {},
		"arrays of one":                  {fake.WithArrays()},
		"texts for numbers":              {fake.WithNumericStrings()},
		"numbers for bulk ids":           {fake.WithNumericBulkIDs()},
		"without connection strings":     {fake.WithoutConnectionString()},
		"without hardDelete":             {fake.WithoutHardDelete()},
		"empty texts":                    {fake.WithEmptyTexts()},
		"unlisted keys":                  {fake.WithUnlistedKeys()},
		"without authentication methods": {fake.WithoutAuthenticationMethod()},
		"slow jobs":                      {fake.WithJobDelay(4)},
		"without a list of jobs":         {fake.WithoutJobList()},
		"slow jobs without a list":       {fake.WithJobDelay(4), fake.WithoutJobList()},
		"folded identifiers":             {fake.WithFoldedIdentifiers()},
		"hostnames in lower case":        {fake.WithLowerCaseHostnames()},
		"plain names of jobs":            {fake.WithPlainJobNames()},
		"tables taken with 409":          {fake.WithDuplicateTableStatus(409)},
		"warnings":                       {fake.WithWarnings("slow")},
		"all at once": {
			fake.WithArrays(), fake.WithNumericStrings(), fake.WithNumericBulkIDs(), fake.WithoutConnectionString(), fake.WithoutHardDelete(),
			fake.WithEmptyTexts(), fake.WithUnlistedKeys(), fake.WithoutAuthenticationMethod(), fake.WithJobDelay(2), fake.WithoutJobList(),
			fake.WithFoldedIdentifiers(), fake.WithLowerCaseHostnames(),
		},
	}
	s3 := byPrefix("native-s3")
	lives := map[string]acctest.Config{
		"the least":  protoConfig(),
		"everything": rich(),
		"mixed case": protoConfig(attrs{
			"remote_schema": "Sales", "remote_table": "orders", "server.hostname": "ACME.Example.com", "server.database": "prod",
		}),
		"a query":        protoConfig(attrs{"remote_schema": nil, "remote_table": nil, "query": "select * from SALES.ORDERS"}),
		"a prefix in S3": s3.config,
	}
	// Where the shape of texts and numbers matters, every configuration is taken; elsewhere the ones that say most.
	every, most := []string{"as documented", "empty texts", "all at once"}, []string{"everything", "a prefix in S3"}
	for shape, options := range shapes {
		for life, config := range lives {
			if !slices.Contains(most, life) && !slices.Contains(every, shape) {
				continue
			}
			t.Run(shape+", "+life, func(t *testing.T) {
				env, p := acctest.Start(t, nil, options...)
				b := acctest.Bench{Env: env, Protocol: p, Type: protoType}
				changes := []attrs{
					{"description": "Changed", "event_time_column": "SHIPPED_AT"},
					{"enabled": false},
					{"enabled": nil, "name": "Renamed", "organization": ""},
				}
				if life == "a prefix in S3" {
					b.Type = s3.resourceType
					changes[0], changes[2] = attrs{"description": "Changed"}, attrs{"enabled": nil, "name": "Renamed"}
				}
				config := config.With("on_destroy", "delete")
				r, diags := p.Apply(b.Absent(), config)
				diags.WantNoError(t)
				r = p.WantEmptyPlan(t, r, config)
				for _, change := range changes {
					config = changed(config, change)
					r = p.Settled(r, config)
				}
				source := sourceOf(t, env.Tenant, r)
				if source.Name != "Renamed" || source.Description != "Changed" || source.Deleted || b.Type == protoType && source.Organization != "" {
					t.Fatalf("the tenant has %+v", source)
				}
				wantSame(t, "the id of an import by name", acctest.Get(b.ByID("name:Renamed").State, "id"), source.ID)
				p.Applied(r, nil)
				if len(env.Tenant.Sources()) > 0 {
					t.Fatalf("in the tenant: %+v", env.Tenant.Sources())
				}
			})
		}
	}
}

func TestProtocolIgnoredSettingFailsAnUpdate(t *testing.T) {
	t.Parallel()
	for attribute, test := range map[string]struct {
		key  string
		want any
	}{
		"private": {"private", true}, "expiration": {"expiration", "2027-01-01T00:00:00Z"},
		"column_evolution_enabled": {"columnEvolutionEnabled", true},
		"description":              {"description", "New"},
	} {
		t.Run(attribute, func(t *testing.T) {
			env, p := acctest.Start(t, nil, fake.WithIgnoredSettings(test.key))
			r := create(t, p, protoConfig())
			config := protoConfig(attrs{attribute: test.want, "category": "Sales"})
			after, diags := p.Apply(r, config)
			diags.WantErrorAt(t, attribute, "Updating data source 100 (Orders): Immuta ignored a change", "take the attribute out")
			if n := len(diags.Errors()); n != 1 {
				t.Fatalf("%d errors: %q", n, diags.Errors())
			}
			if got := acctest.Get(after.State, attribute); got == test.want {
				t.Fatal("the state claims what Immuta ignored")
			}
			acctest.WantAttributes(t, after.State, map[string]any{"category": "Sales"})
			env.Tenant.Configure(fake.WithIgnoredSettings())
			p.WantEmptyPlan(t, after, protoConfig(attrs{"category": "Sales"}))
		})
	}
}

func TestProtocolIgnoredSettingIsAWarningOnCreate(t *testing.T) {
	t.Parallel()
	for attribute, test := range map[string]struct {
		left  func(*fake.Tenant)
		value any
	}{
		"documentation": {value: "Ignored"},                 // It follows the create.
		"private":       {left: leaveDisabled, value: true}, // It follows a restore.
	} {
		t.Run(attribute, func(t *testing.T) {
			env := acctest.New(t, fake.WithIgnoredSettings(attribute))
			if test.left != nil {
				test.left(env.Tenant)
			}
			r, diags := env.Protocol(nil).Apply(absent(), protoConfig(attrs{attribute: test.value}))
			diags.WantNoError(t)
			diags.WantWarningAt(t, attribute, "Immuta keeps another value")
			sourceOf(t, env.Tenant, r)
		})
	}
}

// TestProtocolFailedJobIsReported: what the job said, and not merely that time ran out.
func TestProtocolFailedJobIsReported(t *testing.T) {
	env, p := acctest.Start(t, nil)
	r := create(t, p, protoConfig())
	env.Tenant.FailJob(100, "The source is being profiled.")
	p.TryApply(r, protoConfig(attrs{"enabled": false})).WantError(t, "The source is being profiled.", "Updating data source 100")
	env.Tenant.FailJob(100, "The source is being profiled.")
	p.TryApply(r, nil).WantError(t, "The source is being profiled.", "Destroying data source 100")
}

// TestProtocolTheSameInstantIsNoChange spells expiration in another zone.
func TestProtocolTheSameInstantIsNoChange(t *testing.T) {
	p := acctest.New(t).Protocol(nil)
	r := create(t, p, protoConfig(attrs{"expiration": "2027-01-01T00:00:00Z"}))
	p.WantEmptyPlan(t, r, protoConfig(attrs{"expiration": "2027-01-01T02:00:00+02:00"}))

	const moved = "2027-01-01T02:00:00Z"
	p.Want(p.Applied(r, protoConfig(attrs{"expiration": moved})), "expiration", moved)
}
