package provider_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// query writes a query the way that it travels.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return q.Encode()
}

// Every argument arrives as the parameter that the reference names, in the form that the tenant takes.
func TestDataSourceArguments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Protocol(nil)
	id := fmt.Sprintf("/dataSource/%d", w.source)
	source := w.about
	paged := func(pairs ...string) string { return query(append(pairs, "offset", "0", "size", "200")...) }
	const odd = nasty
	for _, test := range []struct {
		name   string
		config attrs
		path   string
		query  string
	}{
		{"data_sources", attrs{}, "/dataSource", paged()},
		{"data_sources", attrs{"search_text": "", "subscription": []any{}}, "/dataSource", paged()},
		{"data_sources", attrs{"search_text": odd}, "/dataSource", paged("searchText", odd)},
		{"data_sources", attrs{"name_only": true}, "/dataSource", paged("nameOnly", "true")},
		{"data_sources", attrs{"name_only": false}, "/dataSource", paged("nameOnly", "false")},
		{"data_sources", attrs{"technology": []any{"snowFlake", "NATIVE s3", odd}}, "/dataSource",
			paged("blobHandlerType", "Native S3", "blobHandlerType", odd, "blobHandlerType", "Snowflake")},
		{"data_sources", attrs{"subscription": []any{"owner", "not_subscribed"}}, "/dataSource",
			paged("subscription", "owner", "subscription", "not_subscribed")},
		{"data_sources", attrs{"status": []any{"failed"}}, "/dataSource", paged("status", "failed")},
		{"data_sources", attrs{"tag": []any{odd}}, "/dataSource", paged("tag", odd)},
		{"data_sources", attrs{"column": []any{odd, "id"}}, "/dataSource", paged("column", odd, "column", "id")},
		{"data_sources", attrs{"connection_string": []any{"a@b:1/c"}}, "/dataSource", paged("connectionString", "a@b:1/c")},
		{"data_sources", attrs{"schema": odd}, "/dataSource", paged("schema", odd)},
		{"data_sources", attrs{"hostname": odd}, "/dataSource", paged("hostname", odd)},
		{"data_sources", attrs{"id_only": true}, "/dataSource", paged("idOnly", "true")},
		{"data_sources", attrs{"data_source_ids": []any{7, 8}}, "/dataSource", paged("dataSourceIds", "7", "dataSourceIds", "8")},
		{"data_sources", attrs{"select_fields": []any{"id", "name"}}, "/dataSource", paged("selectFields", "id", "selectFields", "name")},
		{"data_sources", attrs{"sort_field": "recordCount", "sort_order": "desc"}, "/dataSource",
			paged("sortField", "recordCount", "sortOrder", "desc")},
		{"data_sources", attrs{"excluded_projects": []any{3}}, "/dataSource", paged("excludedProjects", "3")},
		{"data_sources", attrs{"ephemeral": true}, "/dataSource", paged("ephemeral", "true")},
		{"data_sources", attrs{"cluster_name": odd}, "/dataSource", paged("clusterName", odd)},
		{"data_sources", attrs{"global_policy": odd}, "/dataSource", paged("globalPolicy", odd)},
		{"data_sources", attrs{"mode": "full"}, "/dataSource", paged()},
		{"data_sources", attrs{"mode": "tag"}, "/dataSource", paged("mode", "4")},
		{"data_sources", attrs{"mode": "status", "max_results": 1000}, "/dataSource", query("mode", "6", "offset", "0", "size", "1000")},
		{"data_sources", attrs{"max_results": 7}, "/dataSource", query("offset", "0", "size", "7")},
		{"my_data_sources", attrs{}, "/dataSource/rpc/mine", ""},
		{"data_sources_by_purpose", attrs{"purposes": []any{odd, "b"}, "excluded_projects": []any{1, 2}}, "/dataSource/byPurposes",
			query("purposes", odd, "purposes", "b", "excludedProjects", "1", "excludedProjects", "2")},
		{"blob_handler_types", attrs{}, "/dataSource/blobHandlerTypes", ""},
		{"data_source_lineage", source(nil), id + "/lineage/all", ""},
		{"data_source_lineage", source(attrs{"type": "parents"}), id + "/lineage/parents", ""},
		{"data_source_lineage", source(attrs{"type": "children"}), id + "/lineage/children", ""},
		{"data_source_access", source(attrs{"roles": []any{"owner", "pending"}}), id + "/access", paged("states", "owner", "states", "pending")},
		{"data_source_access", source(attrs{"approved": false}), id + "/access", paged("approved", "false")},
		{"data_source_access", source(attrs{"search_text": odd}), id + "/access", paged("searchText", odd)},
		{"data_source_access", source(attrs{
			"expand_groups": true, "ignore_system_generated": true, "filter_by_schema_evolution": false,
		}), id + "/access",
			paged("expandGroups", "true", "ignoreSystemGenerated", "true", "filterBySchemaEvolution", "false")},
		{"data_source_access", source(attrs{"sort_field": "name", "sort_order": "desc", "max_results": 1}), id + "/access",
			query("sortField", "name", "sortOrder", "desc", "offset", "0", "size", "1")},
		{"data_source_policy_info", source(attrs{"profile_id": w.grace}), fmt.Sprintf("%s/users/%d/policyInfo", id, w.grace), ""},
		{"data_source_policy_info", source(attrs{"profile_id": w.grace, "project_id": 5}), fmt.Sprintf("%s/users/%d/policyInfo", id, w.grace),
			query("projectId", "5")},
		{"visibility_report", source(nil), id + "/visibilityReport", ""},
		{"visibility_report", source(attrs{"profile_id": w.grace}), fmt.Sprintf("%s/users/%d/visibilityReport", id, w.grace), ""},
		{"visibility_report", source(attrs{"profile_id": w.grace, "information_only": false, "include_nested_columns": true}),
			fmt.Sprintf("%s/users/%d/visibilityReport", id, w.grace), query("informationOnly", "false", "includeNestedColumns", "true")},
		{"data_source_activities", source(attrs{"max_results": 1}), id + "/activities", query("offset", "0", "size", "1")},
		{"data_source_contacts", source(nil), id + "/contacts", ""},
		{"data_source_tags", source(attrs{"blob_id": odd, "blob_tags_only": true}), id + "/tags", query("blobId", odd, "blobTagsOnly", "true")},
		{"data_source_unmask_users", source(attrs{"column": odd}), id + "/" + url.PathEscape(odd) + "/unmaskUsers", ""},
		{"data_source_comments", source(attrs{
			"columns": []any{odd}, "queries": []any{"12"}, "resolved": false, "sort_field": "profile.name", "sort_order": "asc",
		}),
			id + "/comments", query("columns", odd, "queries", "12", "resolved", "false", "sortField", "profile.name", "sortOrder", "asc")},
		{"data_source_comments", source(attrs{"columns": []any{odd}, "queries": []any{"12"}, "resolved": true}),
			id + "/comments/count", query("columns", "true", "queries", "12", "resolved", "true")},
		{"data_source_comments", source(attrs{"parent_id": w.comment}), fmt.Sprintf("%s/comments/%d/replies", id, w.comment), ""},
		{"data_source_comments", source(attrs{"comment_id": w.reply}), fmt.Sprintf("%s/comments/%d", id, w.reply), ""},
		{"data_source_tasks", source(attrs{
			"states": []any{"pending", "completed"}, "target_profile_id": w.grace, "requesting_profile_id": 17, "profile_id": 18,
		}), id + "/tasks",
			paged("states", "completed", "states", "pending", "targetProfileId", fmt.Sprint(w.grace),
				"requestingUserProfileId", "17", "profileId", "18")},
		{"data_source_tasks", source(attrs{
			"search_text": odd, "search_model": "dataSource", "types": []any{"columnAdded"}, "sort_field": "createdAt", "sort_order": "asc",
		}), id + "/tasks",
			paged("searchText", odd, "searchModel", "dataSource", "types", "columnAdded", "sortField", "createdAt", "sortOrder", "asc")},
		{"data_source_tasks", source(attrs{"count_only": true}), id + "/tasks", query("countOnly", "true")},
		{"data_source_tasks", source(attrs{"count_only": false, "max_results": 3}), id + "/tasks", query("offset", "0", "size", "3")},
		{"pending_tasks", attrs{}, "/dataSource/tasks/pending", paged()},
		{"pending_tasks", attrs{
			"search_text": odd, "search_model": "schemaEvolution", "types": []any{"unmask"}, "schema_evolution_connection_string": "a@b:1/c",
		}, "/dataSource/tasks/pending",
			paged("searchText", odd, "searchModel", "schemaEvolution", "types", "unmask", "schemaEvolutionConnectionString", "a@b:1/c")},
		{"pending_tasks", attrs{"count_only": true}, "/dataSource/tasks/pending", query("countOnly", "true")},
		{"pending_tasks", attrs{"count_by_data_source": true, "count_by_schema_evolution": false}, "/dataSource/tasks/pending",
			query("countByDataSource", "true", "countBySchemaEvolution", "false")},
		{"pending_tasks", attrs{"group_by_data_source": true}, "/dataSource/tasks/pending", query("groupByDataSource", "true")},
		{"pending_tasks", attrs{"group_by_data_source": false}, "/dataSource/tasks/pending", paged("groupByDataSource", "false")},
		{"data_source_health", source(nil), id + "/test", ""},
		{"sql_connection", attrs{}, "/dataSource/featureStore/connection", ""},
		{"s3_buckets", attrs{}, "/s3p", ""},
		{"s3_objects", attrs{}, "/s3p/immuta", query("max-keys", "1000")},
		{"s3_objects", attrs{
			"bucket": "immuta", "prefix": odd, "delimiter": "/", "start_after": odd, "encoding_type": "url", "max_results": 5,
		}, "/s3p/immuta",
			query("prefix", odd, "delimiter", "/", "marker", odd, "encoding-type", "url", "max-keys", "5")},
		{"s3_objects", attrs{"list_type": 2, "fetch_owner": true, "start_after": odd}, "/s3p/immuta",
			query("list-type", "2", "fetch-owner", "true", "start-after", odd, "max-keys", "1000")},
		{"s3_objects", attrs{"location": true}, "/s3p/immuta", query("location", "true")},
	} {
		w.Tenant.ResetJournal()
		p.Answered("immuta_"+test.name, test.config)
		var asked []string
		for _, request := range w.Tenant.Journal() {
			asked = append(asked, strings.TrimSuffix(request.EscapedPath+"?"+sorted(request.Query), "?"))
		}
		wanted, _ := url.ParseQuery(test.query)
		if want := strings.TrimSuffix(test.path+"?"+sorted(wanted), "?"); !slices.Contains(asked, want) {
			t.Errorf("%s %v asked\n  %s\nwant\n  %s", test.name, test.config, strings.Join(asked, "\n  "), want)
		}
	}
}

// sorted is a query in which the order of values does not matter.
func sorted(q url.Values) string {
	for _, values := range q {
		slices.Sort(values)
	}
	return q.Encode()
}

// The S3-compatible API has a scheme of its own, whatever the provider uses otherwise.
func TestS3Authorization(t *testing.T) {
	t.Parallel()
	for _, authentication := range []string{"api_key", "bearer", "token"} {
		w := newWorld(t)
		p := w.Protocol(attrs{"authentication": authentication})
		p.Answered("immuta_s3_objects", attrs{})
		journal := w.Tenant.Journal().Filter("GET", "/s3p/**")
		if got := journal[0].Header.Get("Authorization"); got != "AWS demo-key:immuta" || len(w.Tenant.Journal()) != 1 {
			t.Errorf("%s: %q, %q", authentication, got, w.Tenant.Journal().Lines())
		}
	}
}

// What cannot be right is refused before anything is asked.
func TestDataSourceArgumentsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Protocol(nil)
	w.Tenant.ResetJournal()
	source := w.about
	for _, test := range []struct {
		name   string
		config attrs
		says   string
	}{
		{"data_source", attrs{}, "[id,name,sql_table_name]"},
		{"data_source", attrs{"id": 1, "name": "a"}, "[id,name,sql_table_name]"},
		{"data_source", attrs{"name": "a", "sql_table_name": "b"}, "[id,name,sql_table_name]"},
		{"data_source", attrs{"name": ".."}, "AttributeName(\"name\"): The name cannot be part of a path"},
		{"data_source", attrs{"id": 0}, "Attribute id value must be at least 1"},
		{"data_source", attrs{"name": ""}, "Attribute name string length must be at least 1"},
		{"data_source", attrs{"sql_table_name": ""}, "Attribute sql_table_name string length must be at least 1"},
		{"data_sources", attrs{"subscription": []any{"friend"}}, "friend"},
		{"data_sources", attrs{"status": []any{"fine"}}, "fine"},
		{"data_sources", attrs{"tag": []any{""}}, "at least 1"},
		{"data_sources", attrs{"tag": []any{nil}}, "Null"},
		{"data_sources", attrs{"data_source_ids": []any{0}}, "at least 1"},
		{"data_sources", attrs{"excluded_projects": []any{nil}}, "Null"},
		{"data_sources", attrs{"select_fields": []any{"tags"}}, "tags"},
		{"data_sources", attrs{"select_fields": []any{"id"}, "id_only": true}, "cannot be configured together"},
		{"data_sources", attrs{"sort_field": "color"}, "color"},
		{"data_sources", attrs{"sort_order": "up"}, "up"},
		{"data_sources", attrs{"mode": "tags"}, "tags"},
		{"data_sources", attrs{"max_results": 0}, "at least 1"},
		{"data_sources_by_purpose", attrs{"purposes": []any{}}, "at least 1"},
		{"data_sources_by_purpose", attrs{"purposes": []any{""}}, "at least 1"},
		{"data_source_lineage", source(attrs{"type": "cousins"}), "cousins"},
		{"data_source_access", attrs{"data_source_id": 0}, "at least 1"},
		{"data_source_access", source(attrs{"sort_order": "up"}), "up"},
		{"data_source_policy_info", source(attrs{"profile_id": 0}), "at least 1"},
		{"visibility_report", source(attrs{"information_only": true}), "profile_id"},
		{"visibility_report", source(attrs{"include_nested_columns": false}), "profile_id"},
		{"data_source_unmask_users", source(attrs{"column": ""}), "at least 1"},
		{"data_source_unmask_users", source(attrs{"column": "."}), "AttributeName(\"column\"): The name cannot be part of a path"},
		{"data_source_comments", source(attrs{"sort_field": "name"}), "name"},
		{"data_source_comments", source(attrs{"parent_id": 1, "comment_id": 2}), "cannot be configured together"},
		{"data_source_comments", source(attrs{"parent_id": 1, "resolved": true}), "cannot be configured together"},
		{"data_source_comments", source(attrs{"comment_id": 1, "columns": []any{"a"}}), "cannot be configured together"},
		{"data_source_tasks", source(attrs{"states": []any{"open"}}), "open"},
		{"data_source_tasks", source(attrs{"types": []any{"work"}}), "work"},
		{"pending_tasks", attrs{"search_model": "all"}, "all"},
		{"blob", source(attrs{"blob_id": ""}), "at least 1"},
		{"blob", source(attrs{"blob_id": "a", "max_bytes": 0}), "between 1"},
		{"s3_objects", attrs{"bucket": ""}, "at least 1"},
		{"s3_objects", attrs{"bucket": ".."}, "AttributeName(\"bucket\"): The name cannot be part of a path"},
		{"s3_objects", attrs{"encoding_type": "xml"}, "xml"},
		{"s3_objects", attrs{"list_type": 3}, "3"},
		{"s3_objects", attrs{"fetch_owner": true}, "list_type"},
		{"s3_object", attrs{"data_source": "a", "key": ""}, "at least 1"},
		{"s3_object", attrs{"data_source": "a/../b", "key": "k"}, "AttributeName(\"data_source\"): The name cannot be part of a path"},
	} {
		_, diags := p.DataSource("immuta_"+test.name, test.config)
		if errs := diags.Errors(); len(errs) == 0 || !strings.Contains(strings.Join(errs, "\n"), test.says) {
			t.Errorf("%s %v: %q, want %q", test.name, test.config, errs, test.says)
		}
	}
	// Steps of a path, which a server or what is in front of it may resolve, are refused in resources as well.
	const says = "The name cannot be part of a path"
	s3 := attrs{"name": "..", "integration_id": 4, "prefix": "sales"}
	p.Validate("immuta_s3_data_source", s3).WantErrorAt(t, "name", says)
	p.Validate("immuta_sql_account", attrs{"username": "..", "password": "s3cret-Pa55word"}).WantErrorAt(t, "username", says)
	if journal := w.Tenant.Journal(); len(journal) > 0 {
		t.Errorf("asked %q", journal.Lines())
	}
}

// Names with everything in them are found by every route that takes one.
func TestNastyNames(t *testing.T) {
	t.Parallel()
	names := []string{
		nasty, "plain", "two words", "a/b", "/", "a//b", `"quoted"`, "100%", "%41", "a+b", "a&b=c?d#e", "ümlaut", "注文", "🦆",
		"'; drop--", `back\slash`, "~tilde", "...", "a;b,c", "[x]{y}<z>|`",
		" ", " padded ",
	}
	w := newWorld(t)
	p := w.Protocol(nil)
	for i, name := range names {
		id := w.Tenant.AddSource(withTable(name, i))
		tagColumn(w, id, name)
		for _, lookup := range []struct {
			kind   string
			config attrs
			at     string
		}{
			{"data_source", attrs{"name": "n" + name}, "id"},
			{"data_source", attrs{"sql_table_name": "t" + name}, "id"},
			{"data_sources", attrs{"tag": []any{"g" + name}}, "data_sources.0.id"},
			{"data_sources", attrs{"column": []any{"c" + name}}, "data_sources.0.id"},
			{"data_sources", attrs{
				"search_text": "n" + name, "name_only": true, "sort_field": "createdAt", "sort_order": "desc",
			}, "data_sources.0.id"},
		} {
			state := p.Answered("immuta_"+lookup.kind, lookup.config)
			if got := acctest.Get(state, lookup.at); got != int64(id) {
				t.Errorf("%s %v finds %v, want %d", lookup.kind, lookup.config, got, id)
			}
		}
		state := p.Answered("immuta_data_source_unmask_users", attrs{"data_source_id": id, "column": "c" + name})
		if acctest.Get(state, "users.0.name") != "Ada Byron" {
			t.Errorf("nobody unmasks %q", name)
		}
	}
	// Alone in a segment, dots are steps in a path unless they are escaped.
	for _, name := range []string{
		"...", "?", "#", "/", "%2F", "%zz", "null", "7", "it's", "line\nbreak", "with spaces ", strings.Repeat("é", 255),
	} {
		id := w.Tenant.AddSource(fake.SourceSpec{Name: name})
		w.Tenant.UpdateSource(id, func(s *fake.Source) { s.SQLTableName = name })
		for _, key := range []string{"name", "sql_table_name"} {
			acctest.WantAttributes(t, p.Answered("immuta_data_source", attrs{key: name}), attrs{"id": id})
		}
	}
}
