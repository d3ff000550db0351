package handler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// post is what the last apply sent to register the source.
func (s *session) post() fake.Request {
	s.t.Helper()
	posts := s.sent.Filter("POST", "/*/handler")
	if len(posts) != 1 {
		s.t.Fatalf("%d POSTs, want one", len(posts))
	}
	return posts[0]
}

// wantPosted fails unless a key of the metadata was sent with a value; nil stands for a key that was not sent.
func (s *session) wantPosted(key string, want any) {
	s.t.Helper()
	got, _ := s.post().Field("handler.metadata." + key)
	wantSame(s.t, "the "+key+" of the create", got, want)
}

// TestSourceCreate registers a source with as few words as possible. A refresh is one round trip: two requests side by side.
func TestSourceCreate(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.created(t, tech.config)
		s.diags.WantNone(t)
		s.wantCalls(post, read)
		source := s.source()
		s.want("id", source.ID)
		s.want("handler_id", source.HandlerID)
		s.want("name", source.Name)
		if source.Name != sourceName || source.Technology != tech.label {
			t.Errorf("the source is %+v", source)
		}
		s.wantSecret()
		post := s.sent
		s.env.Tenant.ResetJournal()
		s.refresh()
		s.sent = s.env.Tenant.Journal()
		s.wantCalls(read)
		if s.sent = post; !tech.hasSQL() {
			return
		}
		s.want("created_by", fake.DefaultProfileID)
		s.want("created_at", source.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z"))
		s.want("sql_schema_name", "sales")
		s.want("sql_table_name", "orders")
		s.want("stale_data_tolerance", 86400)
		s.wantPosted("bodataSchemaName", "sales")
		s.wantPosted("bodataTableName", "orders")
		s.wantPosted("dataSourceName", sourceName)
		s.wantPosted("staleDataTolerance", 86400)
		s.wantPosted("userFiles", []any{})
		for _, key := range []string{"columns", "eventTime", "disableClassify", "schemaProjectName", "nativeViewName", "query"} {
			s.wantPosted(key, nil)
		}
		for _, key := range []string{
			"dataSource.private", "dataSource.organization", "dataSource.category", "dataSource.hasExamples", "dataSource.expiration",
			"dataSource.columnEvolutionEnabled", "dataSource.description", "schemaEvolution",
		} {
			if _, sent := s.post().Field(key); sent {
				t.Errorf("%s was sent without being configured", key)
			}
		}
		port, _ := s.post().Field("handler.metadata.port")
		connection, _ := acctest.Get(s.r.State, "connection_string").(string)
		if !strings.HasSuffix(connection, fmt.Sprintf("acme.example.com:%v/PROD", port)) {
			t.Errorf("the connection string is %q", connection)
		}
	})
}

// TestSourceCreateCost is about what a create cannot carry: it follows in one settings PUT.
func TestSourceCreateCost(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		described := []string{post, putSet, read}
		if tech.hasSQL() {
			described = []string{post, read}
		}
		for at, test := range map[string]struct {
			value any
			calls []string
		}{
			"documentation":    {"# Orders", []string{post, putSet, read}},
			"catalog_metadata": {attrs{"id": "7", "provider": "Atlas"}, []string{post, putSet, read}},
			"description":      {"What was ordered.", described},
			"enabled":          {false, []string{post, disable, read}},
		} {
			t.Run(at, func(t *testing.T) {
				s := tech.created(t, tech.config.With(at, test.value))
				s.wantCalls(test.calls...)
				if source := s.source(); at == "description" && source.Description != test.value || source.Deleted != (at == "enabled") {
					t.Errorf("the source is %+v", source)
				}
			})
		}
	})
}

// TestSourceWithoutAnEffect changes attributes that Terraform alone knows of: nothing is sent.
func TestSourceWithoutAnEffect(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.created(t, tech.config)
		config := tech.config
		for at, value := range map[string]any{
			"on_destroy": "abandon", "deletion_protection": true, "enabled": true, "timeouts.create": "1h", "timeouts.read": "90s",
		} {
			config = config.With(at, value)
			s.applyBy(config)
			s.want(at, value)
		}
		s.applyBy(tech.config)
	})
}

// TestSourceDefaults takes what Immuta's defaults are for the same, configured or not, and sees when somebody changes them.
func TestSourceDefaults(t *testing.T) {
	eachSQLTechnology(t, func(t *testing.T, tech technology) {
		s := tech.created(t, tech.config)
		defaults := attrs{}
		explicit := tech.config
		for at, key := range map[string]string{
			"port": "port", "ssl": "ssl", "connection_string_options": "connectionStringOptions", "authentication_method": "authenticationMethod",
		} {
			defaults[at], _ = s.post().Field("handler.metadata." + key)
			if port, ok := defaults[at].(float64); ok {
				defaults[at] = int(port)
			}
			s.want("server."+at, defaults[at])
			explicit = explicit.With("server."+at, defaults[at])
		}
		wantSame(t, "ssl", defaults["ssl"], true)

		s.applyBy(explicit)
		for at, value := range defaults {
			s.want("server."+at, value)
		}
		for _, config := range []acctest.Config{explicit, tech.config} {
			s.applyBy(config)
			s.behind("port", 9999)
			s.behind("ssl", false)
			s.behind("connectionStringOptions", "a=b")
			s.refresh()
			s.want("server.port", 9999)
			s.want("server.ssl", false)
			s.want("server.connection_string_options", "a=b")
			s.apply(config)
			s.wantMetadata(attrs{"port": defaults["port"], "ssl": true, "connectionStringOptions": ""})
		}
	})
}

// TestSourceEnabled disables and restores, by the calls that cannot destroy, alone or with other changes.
func TestSourceEnabled(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.created(t, tech.config)
		off := tech.config.With("enabled", false)
		s.applyBy(off, disable, read)
		s.want("enabled", false)

		// A disabled source can be changed and stays disabled.
		off = off.With("description", "disabled")
		s.applyBy(off, putSet, read)
		if source := s.source(); !source.Deleted || source.Description != "disabled" {
			t.Errorf("the source is %+v", source)
		}
		s.env.Tenant.Restore(s.source().ID)
		s.refresh()
		s.applyBy(off, disable, read)

		s.applyBy(tech.config, putSet, read)
		wantSame(t, "the PUT", s.sent.Writes()[0].JSON(), attrs{"deleted": false})
		s.want("enabled", true)

		s.env.Tenant.Disable(s.source().ID)
		s.refresh()
		s.want("enabled", false)
		s.applyBy(tech.config.With("description", "enabled again").With("enabled", true), putSet, putSet, read)
		if source := s.source(); source.Deleted || source.Description != "enabled again" {
			t.Errorf("the source is %+v", source)
		}
	})
}

// TestSourceTexts clears texts with "", which is the same as the null and the phrases that Immuta answers instead.
func TestSourceTexts(t *testing.T) {
	for name, options := range map[string][]fake.Option{
		"null": nil, "empty": {fake.WithEmptyTexts()},
		"unlisted null": {fake.WithUnlistedKeys()}, "unlisted empty": {fake.WithUnlistedKeys(), fake.WithEmptyTexts()},
	} {
		t.Run(name, func(t *testing.T) {
			empty, full := snowflake().config, snowflake().config
			texts := []string{
				"description", "documentation", "organization", "category", "record_format", "event_time_column", "schema_project_name",
				"server.connection_string_options",
			}
			for _, at := range texts {
				empty, full = empty.With(at, ""), full.With(at, "text")
			}
			s := snowflake().created(t, full, options...)
			s.applyBy(empty, putHand, putSet, read)
			for _, at := range texts {
				s.want(at, "")
			}
			source := s.source()
			if left := source.Description + source.Documentation + source.Category + source.Organization + source.RecordFormat; left != "" {
				t.Errorf("%q is left of the texts", left)
			}
			s.wantMetadata(attrs{"eventTime": "", "schemaProjectName": ""})
		})
	}
}

// TestSourceCase takes names that Immuta answers in other letters for the same, and a change of letters for a change.
func TestSourceCase(t *testing.T) {
	eachSQLTechnology(t, func(t *testing.T, tech technology) {
		config := tech.config.With("remote_schema", "Sales").With("remote_table", "Orders").
			With("server.database", "Prod").With("server.hostname", "ACME.Example.com")
		s := tech.created(t, config, fake.WithFoldedIdentifiers(), fake.WithLowerCaseHostnames())
		for _, at := range []string{"remote_schema", "remote_table", "server.database", "server.hostname"} {
			s.want(at, config.Get(at))
			edited := s.config.With(at, strings.ToLower(fmt.Sprint(config.Get(at))))
			plan, _ := s.p.Plan(s.r, edited)
			if len(plan.Replaces) > 0 {
				t.Errorf("a change of letters in %s replaces the source", at)
			}
			s.applyBy(edited, putHand, read)
			s.want(at, edited.Get(at))
		}
	})
}

// TestSourceAdditionalMetadata compares the configured keys and no others, and stops sending what leaves the configuration.
func TestSourceAdditionalMetadata(t *testing.T) {
	eachSQLTechnology(t, func(t *testing.T, tech technology) {
		config := tech.config.With("additional_metadata", `{"first": 1, "second": {"a": [true, null]}}`)
		s := tech.created(t, config, fake.WithMetadataKeys("first", "second", "third"))
		s.wantPosted("first", 1)
		s.wantPosted("second", attrs{"a": []any{true, nil}})

		// Nobody asked for a third key, and the order of the keys is nobody's business.
		s.behind("third", "somebody else's")
		s.refresh()
		s.applyBy(s.config)
		s.applyBy(s.config.With("additional_metadata", `{"second":{"a":[true,null]},"first":1}`))

		s.behind("first", 2)
		s.refresh()
		s.applyBy(s.config, putHand, read)
		s.wantMetadata(attrs{"first": 1, "second": attrs{"a": []any{true, nil}}, "third": "somebody else's"})

		s.applyBy(tech.config.With("additional_metadata", `{"second":{"a":[]}}`), putHand, read)
		s.wantMetadata(attrs{"first": nil, "second": attrs{"a": []any{}}, "third": "somebody else's"})
		s.apply(tech.config)
		s.wantMetadata(attrs{"first": nil, "second": nil, "third": "somebody else's"})
	})
}

// wantMetadata fails unless keys of the handler have values.
func (s *session) wantMetadata(want attrs) {
	s.t.Helper()
	metadata, _ := s.env.Tenant.Handler(s.source().HandlerID)
	for key, value := range want {
		wantSame(s.t, "the handler's "+key, metadata[key], value)
	}
}

// TestSourceColumns sends columns on create and when they change, and never otherwise: the dictionary is somebody else's.
func TestSourceColumns(t *testing.T) {
	column := func(name, kind string) attrs {
		return attrs{"name": name, "data_type": kind, "remote_type": "varchar"}
	}
	s := snowflake().created(t, snowflake().config.With("columns", []any{column("ID", "integer"), column("NOTE", "text")}))
	s.wantPosted("columns", []any{
		attrs{"name": "ID", "dataType": "integer", "remoteType": "varchar"}, attrs{"name": "NOTE", "dataType": "text", "remoteType": "varchar"},
	})
	wantColumns := func(want ...string) {
		t.Helper()
		dictionary, _ := s.env.Tenant.Dictionary(s.source().ID)
		var names []string
		for _, c := range dictionary.Columns {
			names = append(names, c.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("the columns are %q, want %q", names, want)
		}
	}
	// Somebody else adds a column: it stays, whatever else is sent.
	s.env.Tenant.UpdateDictionary(s.source().ID, func(d *fake.Dictionary) {
		d.Columns = append(d.Columns, fake.Column{Name: "ADDED", DataType: "text"})
	})
	s.refresh()
	s.applyBy(s.config)
	s.apply(s.config.With("event_time_column", "ID"))
	wantColumns("ID", "NOTE", "ADDED")
	s.applyBy(s.config.With("columns.0.data_type", "text"), putHand, read)
	wantColumns("ID", "NOTE")
	s.apply(s.config.Without("columns"))
	wantColumns("ID", "NOTE")
}

// TestSourceSchemaEvolution is sent on create, with Immuta's defaults. Later it can only be recorded or removed.
func TestSourceSchemaEvolution(t *testing.T) {
	sent := func(disabled bool, schemas []any, name, table, project string) attrs {
		template := attrs{"nameFormat": name, "tableFormat": table, "sqlSchemaNameFormat": "<schema>", "schemaProjectNameFormat": project}
		return attrs{"ownerProfileId": 7, "disabled": disabled, "schemas": schemas, "config": attrs{"nameTemplate": template}}
	}
	for name, test := range map[string]struct{ config, want attrs }{
		"the least": {attrs{"owner_profile_id": 7}, sent(true, []any{}, "<Schema> <Tablename>", "<tablename>", "<Schema>")},
		"everything": {
			attrs{"owner_profile_id": 7, "disabled": false, "schemas": []any{"SALES", "HR"}, "name_template": attrs{
				"name_format": "<Tablename>", "table_format": "t_<tablename>", "schema_project_name_format": "<Database>",
			}},
			sent(false, []any{"SALES", "HR"}, "<Tablename>", "t_<tablename>", "<Database>"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := snowflake().created(t, snowflake().config.With("schema_evolution", test.config))
			got, _ := s.post().Field("schemaEvolution")
			wantSame(t, "schemaEvolution", got, test.want)
			s.p.TryPlan(s.r, s.config.With("schema_evolution.owner_profile_id", 8)).
				WantErrorAt(t, "schema_evolution", "cannot be changed", "Set it back")
			s.p.Planned(s.r, s.config.With("schema_evolution.name_template.sql_schema_name_format", "<schema>")) // The default, spelled out.

			s.apply(snowflake().config)
			s.diags.WantNone(t)
			s.wantCalls()
			s.want("schema_evolution", nil)

			s.apply(snowflake().config.With("schema_evolution", attrs{"owner_profile_id": 8}))
			s.diags.WantWarningAt(t, "schema_evolution", "recorded, not applied")
			s.wantCalls()
			s.want("schema_evolution.owner_profile_id", 8)
		})
	}
}

// TestSourceUserFiles sends files in both of their forms, and tells a change of a write-only one by its version.
func TestSourceUserFiles(t *testing.T) {
	config := changed(snowflake().config, keyPair(attrs{keyHidden: fileContent}))
	s := snowflake().created(t, config)
	s.wantPosted("userFiles", []any{attrs{"keyName": "PRIV_KEY_FILE", "userFilename": "key.p8", "content": fileContent}})
	s.want(keyHidden, nil)
	s.want(keyContent, nil)
	if plan := s.p.Planned(s.tech.absent(), config); strings.Contains(fmt.Sprint(plan.Planned, string(s.r.Private)), fileContent) {
		t.Error("the write-only content is in the plan")
	}

	s.applyBy(config.With(keyHidden, "cm90YXRlZA=="))
	s.applyBy(config.With(keyHidden, "cm90YXRlZA==").With(keyVersion, 2), putHand, read)
	secrets, _ := s.env.Tenant.Secrets(s.source().HandlerID)
	if len(secrets.UserFiles) != 1 || secrets.UserFiles[0].Content != "cm90YXRlZA==" {
		t.Errorf("the files are %+v", secrets.UserFiles)
	}
	s.applyBy(config.Without(keyHidden, keyVersion).With(keyContent, fileContent), putHand, read)
	s.want(keyContent, fileContent)
}

// TestSourceSecretForms changes the form that a secret is configured in, and its value in each.
func TestSourceSecretForms(t *testing.T) {
	eachSQLTechnology(t, func(t *testing.T, tech technology) {
		s := tech.created(t, tech.config)
		s.want(tech.writeOnly(), nil)
		s.want(tech.secret, nil)
		// Only a version tells that a write-only secret has changed.
		s.applyBy(tech.config.With(tech.writeOnly(), "rotated"))
		for _, config := range []acctest.Config{
			tech.config.With(tech.writeOnly(), "rotated").With(tech.writeOnly()+"_version", 1),
			tech.config.With(tech.writeOnly(), "rotated again").With(tech.writeOnly()+"_version", 2),
			tech.config.Without(tech.writeOnly()).With(tech.secret, "kept"),
			tech.config.Without(tech.writeOnly()).With(tech.secret, "kept otherwise"),
			tech.config,
		} {
			s.applyBy(config, putHand, read)
			s.wantSecret()
			s.want(tech.secret, config.Get(tech.secret))
			s.want(tech.writeOnly(), nil)
			kept := fmt.Sprint(s.p.Planned(s.r, config).Planned, s.r.State, string(s.r.Private))
			if secret, _ := config.Get(tech.writeOnly()).(string); secret != "" && strings.Contains(kept, secret) {
				t.Errorf("the write-only secret is in the plan or in the state")
			}
		}
	})
}

// TestSourceEmptyNativeView leaves all of the view alone, like no native_view at all.
func TestSourceEmptyNativeView(t *testing.T) {
	s := snowflake().created(t, snowflake().config.With("native_view", attrs{}))
	s.wantPosted("nativeViewName", nil)
	s.want("native_view.name", nil)
	s.applyBy(s.config.With("native_view.name", "V_ORDERS"), putHand, read)
	s.applyBy(s.config.With("native_view", attrs{}))
	s.want("native_view.name", "V_ORDERS")
}

// TestSourceQuery turns a source of a query into one of a table and back. Immuta's names for it derive from its own name and the
// database.
func TestSourceQuery(t *testing.T) {
	table := snowflake().config.With("allow_remote_change", true)
	query := table.Without("remote_schema", "remote_table").With("query", "select * from ${orders} where total > 0")
	s := snowflake().created(t, query)
	s.want("sql_table_name", "sales_orders")
	s.want("sql_schema_name", "prod")
	s.wantPosted("table", nil)
	s.wantPosted("schema", nil)
	for _, config := range []acctest.Config{query, table, query} {
		if config.Get("query") != s.config.Get("query") {
			s.applyBy(config, putHand, read)
		}
		s.want("query", config.Get("query"))
		s.want("remote_table", config.Get("remote_table"))
		s.wantMetadata(attrs{"query": config.Get("query"), "table": config.Get("remote_table")})
	}
}
