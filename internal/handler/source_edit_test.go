package handler_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// An edit changes one attribute of a source.
type edit struct {
	at    string
	value any
	// with are further attributes that it takes.
	with attrs
	// settings and handler are the keys that it changes in a PUT of the settings and of the handler's metadata; "" for none.
	settings, handler string
	// wire is the value in the request, where it is not the attribute's own.
	wire any
	// drift is what somebody else sets the key to; nil where Immuta never returns it.
	drift any
	// alone says that Immuta's value is left alone when the attribute is not configured.
	alone bool
	// shared says that no technology's own code has a part in it, so that one technology is enough to see it work.
	shared bool
}

// edits are all the changes that the technology's attributes allow.
func (tech technology) editsOf(p *acctest.Protocol) []edit {
	edits := append([]edit{
		{at: "name", value: "Orders of Sales", settings: "name", drift: "Renamed"},
		{at: "description", value: "What was ordered.", settings: "description", drift: "Somebody else's", alone: true},
		{at: "documentation", value: "# Orders", settings: "documentation", drift: "# Other", alone: true, shared: true},
		{
			at: "catalog_metadata", value: attrs{"id": "7", "provider": "Atlas"}, settings: "catalogMetadata",
			drift: attrs{"id": "8", "provider": "Atlas"}, alone: true, shared: true,
		},
		{
			at: "sql_table_name", value: "all_orders", settings: "sqlTableName", handler: "bodataTableName",
			drift: "some_orders", alone: true, shared: true,
		},
		{at: "organization", value: "Retail", settings: "organization", drift: "Wholesale", alone: true, shared: true},
		{at: "category", value: "Facts", settings: "category", drift: "Dimensions", alone: true, shared: true},
		{at: "has_examples", value: true, settings: "hasExamples", drift: false, alone: true, shared: true},
		{at: "private", value: true, settings: "private", drift: false, alone: true, shared: true},
		{at: "record_format", value: "json", settings: "recordFormat", drift: "csv", alone: true, shared: true},
		{at: "expiration", value: "2027-01-01T00:00:00Z", settings: "expiration", drift: "2028-01-01T00:00:00.000Z", alone: true, shared: true},
		{at: "column_evolution_enabled", value: true, settings: "columnEvolutionEnabled", drift: false, alone: true, shared: true},

		{at: "sql_schema_name", value: "retail", handler: "bodataSchemaName", drift: "wholesale", alone: true, shared: true},
		{at: "remote_schema", value: "RETAIL", handler: "schema", drift: "WHOLESALE", shared: true},
		{at: "remote_table", value: "CUSTOMERS", handler: "table", drift: "PRODUCTS"},
		{at: "stale_data_tolerance", value: 3600, handler: "staleDataTolerance", drift: 60, alone: true, shared: true},
		{at: "event_time_column", value: "ORDERED_AT", handler: "eventTime", drift: "SHIPPED_AT", alone: true, shared: true},
		{at: "disable_sensitive_data_discovery", value: true, handler: "disableClassify", drift: false, alone: true, shared: true},
		{at: "schema_project_name", value: "Retail", handler: "schemaProjectName", drift: "Wholesale", alone: true, shared: true},
		{
			at: "native_view", value: attrs{"name": "V_ORDERS", "schema_name": "VIEWS", "workspace_name": "WS"},
			handler: "nativeViewName", wire: "V_ORDERS", drift: "V_OTHER", alone: true,
		},
		{at: "additional_metadata", value: `{"format":"odbc"}`, handler: "format", wire: "odbc", drift: "jdbc"},
		{
			at: "columns", value: []any{attrs{"name": "ID", "data_type": "integer", "remote_type": "number(38,0)", "nullable": false}},
			handler: "columns", wire: []any{attrs{"name": "ID", "dataType": "integer", "remoteType": "number(38,0)", "nullable": false}},
			shared: true,
		},
		{at: "server.hostname", value: "other.example.com", handler: "hostname", drift: "third.example.com"},
		{at: "server.port", value: 8443, handler: "port", drift: 9443},
		{at: "server.ssl", value: false, handler: "ssl", drift: true},
		{at: "server.database", value: "DEV", handler: "database", drift: "TEST"},
		{at: "server.username", value: "OTHER", handler: "username", drift: "THIRD"},
		{at: "server.connection_string_options", value: "role=READER", handler: "connectionStringOptions", drift: "role=WRITER"},
		{
			at: "server.user_files", value: files("CERTIFICATE"), handler: "userFiles",
			wire: []any{attrs{"keyName": "CERTIFICATE", "userFilename": "file.pem", "content": fileContent}},
		},
		{at: tech.secret + "_wo_version", value: 2, handler: "password", wire: password},
		{at: tech.secret, value: "kept-in-state", with: attrs{tech.writeOnly(): nil}, handler: "password"},
	}, tech.edits...)
	return slices.DeleteFunc(edits, func(e edit) bool { return !p.Has(tech.resourceType, e.at) })
}

// fileContent is a file's content as the API takes it.
var fileContent = base64.StdEncoding.EncodeToString([]byte("-----BEGIN PRIVATE KEY-----"))

func files(key string) []any {
	return []any{attrs{"key_name": key, "file_name": "file.pem", "content": fileContent}}
}

// sent is the value of an edit in a request.
func (e edit) sent() any {
	if e.wire != nil {
		return e.wire
	}
	return e.value
}

// TestSourceAttributes changes every attribute, lets somebody else change it, and takes it out of the configuration.
func TestSourceAttributes(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		for _, e := range tech.editsOf(tech.env(t).Protocol(nil)) {
			if e.shared && tech.hasSQL() && !tech.isFirst() {
				continue
			}
			if !tech.hasSQL() {
				e.handler = ""
			}
			tech := tech
			if strings.HasPrefix(e.at, "remote_") {
				tech.config = tech.config.With("allow_remote_change", true)
			}
			t.Run(e.at, func(t *testing.T) {
				// The tenant answers all that some tenants do.
				s := tech.created(t, tech.config, fake.WithUnlistedKeys())
				var before attrs
				if tech.hasSQL() {
					// Somebody gives the handler a key that the provider does not know.
					s.behind("isChildDataSource", true)
					before, _ = s.env.Tenant.Handler(s.source().HandlerID)
				}
				s.wantUpdate(e, before)
				s.wantDrift(e)
				if e.alone {
					s.wantLeftAlone(e)
					return
				}
				s.apply(tech.config)
				if tech.hasSQL() {
					after, _ := s.env.Tenant.Handler(s.source().HandlerID)
					// What a handler answers and nobody sent, it keeps once it is put back.
					maps.DeleteFunc(after, func(key string, value any) bool { return before[key] == nil && (value == nil || value == false) })
					wantSame(t, "the handler, after the edit is undone,", after, before)
				}
			})
		}
	})
}

// wantUpdate makes the edit: by no more requests than it takes, and with nothing else in them.
func (s *session) wantUpdate(e edit, before attrs) {
	s.t.Helper()
	s.apply(changed(s.tech.config, attrs{e.at: e.value}, e.with))
	var calls []string
	if e.handler != "" {
		calls = append(calls, putHand)
	}
	if e.settings != "" {
		calls = append(calls, putSet)
	}
	s.wantCalls(append(calls, read)...)
	for _, put := range s.sent.Filter("PUT", "/dataSource/*") {
		wantSame(s.t, "the settings PUT", put.JSON(), attrs{e.settings: e.sent()})
	}
	for _, put := range s.sent.Filter("PUT", "/*/handler/*") {
		sent, _ := put.Field("handler.metadata")
		metadata, _ := sent.(attrs)
		wantSame(s.t, "the handler PUT's "+e.handler, metadata[e.handler], e.sent())
		if _, sent := metadata["columns"]; sent && e.at != "columns" {
			s.t.Error("columns were sent along")
		}
		wantSame(s.t, "the handler PUT's secret", metadata["password"], s.password())
		for key, value := range before {
			if _, edited := e.with["server."+key]; !e.changes(key) && !edited {
				wantSame(s.t, "the handler PUT's "+key, metadata[key], value)
			}
		}
	}
}

// password is the configured secret, in whatever form.
func (s *session) password() any {
	for _, at := range []string{s.tech.secret, s.tech.writeOnly()} {
		if secret := s.config.Get(at); secret != nil {
			return secret
		}
	}
	return nil
}

// changes tells whether an edit changes a key of the handler's metadata.
func (e edit) changes(key string) bool {
	return key == e.handler || e.at == "native_view" && strings.HasPrefix(key, "native")
}

// wantDrift lets somebody else change what was edited: the next apply puts that back and nothing else.
func (s *session) wantDrift(e edit) {
	s.t.Helper()
	if e.drift == nil {
		return
	}
	s.drift(e)
	s.refresh()
	s.apply(s.config)
	if e.settings != "" {
		puts := s.sent.Filter("PUT", "/dataSource/*")
		if len(puts) != 1 {
			s.t.Fatalf("%d settings PUTs, want one", len(puts))
		}
		wantSame(s.t, "the settings PUT", puts[0].JSON(), attrs{e.settings: e.sent()})
		return
	}
	s.wantCalls(putHand, read)
	s.wantMetadata(attrs{e.handler: e.sent()})
}

// drift makes the change of somebody else.
func (s *session) drift(e edit) {
	s.t.Helper()
	source := s.source()
	switch {
	case e.at == "sql_schema_name":
		// Both halves answer this name, and the source's is what is shown.
		s.env.Tenant.UpdateSource(source.ID, func(source *fake.Source) { source.SQLSchemaName = fmt.Sprint(e.drift) })
		s.behind(e.handler, e.drift)
	case e.settings != "":
		client, err := immuta.New(immuta.Config{Host: s.env.URL, APIKey: fake.DefaultAPIKey, MaxConcurrentRequests: 1})
		if err == nil {
			_, err = client.UpdateSource(s.t.Context(), int64(source.ID), immuta.Settings{e.settings: e.drift})
		}
		if err != nil {
			s.t.Fatal(err)
		}
	default:
		s.behind(e.handler, e.drift)
	}
}

// wantLeftAlone takes the attribute out of the configuration: Immuta keeps what it has, and what somebody else changes later
// is shown and stays.
func (s *session) wantLeftAlone(e edit) {
	s.t.Helper()
	s.applyBy(s.tech.config)
	s.want(e.at, e.value)
	s.drift(e)
	s.refresh()
	s.applyBy(s.tech.config)
	shown, value := e.at, e.drift
	switch e.at {
	case "native_view":
		shown = "native_view.name"
	case "expiration":
		value = "2028-01-01T00:00:00Z"
	}
	s.want(shown, value)
}

// TestSourceEverything configures every attribute at once, and takes all of them away.
func TestSourceEverything(t *testing.T) {
	eachTechnology(t, func(t *testing.T, tech technology) {
		s := tech.start(t)
		everything := tech.config
		for _, e := range tech.editsOf(s.p) {
			if everything.Get(e.at) == nil {
				everything = everything.With(e.at, e.value)
			}
		}
		everything = everything.Without(tech.secret, "server.authentication_method")
		if tech.hasSQL() {
			everything = everything.With("schema_evolution", attrs{"owner_profile_id": 7, "schemas": []any{"SALES"}})
		}
		everything = everything.With("timeouts", attrs{"create": "5m", "delete": "90s"}).With("enabled", true).
			With("on_destroy", "delete").With("deletion_protection", false)
		s.applyBy(everything, post, putSet, read)
		// Settings stay as they are; of the handler, some attributes have a default to go back to.
		var calls []string
		if tech.hasSQL() {
			calls = []string{putHand, read}
		}
		s.applyBy(tech.config.With("on_destroy", "delete"), calls...)
		s.applyBy(everything, calls...)
		s.destroy()
		if left := s.env.Tenant.Sources(); len(left) > 0 {
			t.Errorf("a destroy left %+v", left)
		}
	})
}
