package provider_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// What some data sources answer besides the usual.
func TestDataSourceCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Tenant.UpdateSource(w.parent, func(s *fake.Source) { s.Status = "failed" })
	w.Tenant.SetBlob(w.source, "empty", fake.Blob{})
	_, stranger := w.Tenant.AddUser("Mallory", fake.CreateDataSource)
	mine, theirs := w.Protocol(nil), w.Protocol(attrs{"api_key": stranger})
	source := w.about
	for _, test := range []struct {
		p      *acctest.Protocol
		name   string
		config attrs
		want   attrs
	}{
		{mine, "data_sources", attrs{"status": []any{"failed"}}, attrs{
			"total": 1, "data_sources.0.id": w.parent, "data_sources.0.status": "failed",
		}},
		{mine, "data_sources", attrs{"search_text": "nothing like it"}, attrs{"total": 0, "data_sources": []any{}}},
		{mine, "data_sources", attrs{"sort_field": "name", "sort_order": "desc", "max_results": 1}, attrs{
			"total": 3, "data_sources.0.name": "Raw orders", "data_sources.1": nil,
		}},
		{mine, "data_source_lineage", source(attrs{"type": "parents"}), attrs{"children": nil, "parents.0.data_source_name": "Raw orders"}},
		{mine, "data_source_lineage", source(attrs{"type": "children"}), attrs{"parents": nil, "children.0.data_source_name": "Orders of 2026"}},
		{mine, "data_source_lineage", attrs{"data_source_id": w.parent, "type": "all"}, attrs{
			"parents": []any{}, "children.0.data_source_name": nasty,
		}},
		{mine, "data_source_access", source(attrs{"roles": []any{"owner"}}), attrs{"total": 1, "users.0.name": "Ada Byron"}},
		{mine, "data_source_access", source(attrs{"search_text": "GRACE"}), attrs{"total": 1, "users.0.profile_id": w.grace}},
		{mine, "data_source_policy_info", source(attrs{"profile_id": fake.DefaultProfileID}), attrs{
			"visibility_rule_applies": false, "masked": []any{},
		}},
		{mine, "visibility_report", source(nil), attrs{"user_visibilities_count": 2, "denial_reason": nil, "masked": []any{}}},
		{theirs, "visibility_report", source(nil), attrs{
			"user_visibilities_count": 0, "denial_reason": "The user is not subscribed to this data source.",
		}},
		{theirs, "my_data_sources", attrs{}, attrs{"data_sources": []any{}}},
		{mine, "data_source_comments", source(attrs{"parent_id": w.comment}), attrs{
			"total": 1, "comments.0.body": "Because.", "comments.0.author.name": "Grace Hopper", "comments.0.totalreplies": 0,
		}},
		{mine, "data_source_comments", source(attrs{"comment_id": w.reply}), attrs{
			"total": 1, "comments.0.parent_id": w.comment, "comments.0.author.id": w.grace, "comments.0.author.name": nil,
			"comments.0.totalreplies": nil, "comments.0.models": nil,
		}},
		{mine, "data_source_comments", source(attrs{"resolved": true}), attrs{"total": 0, "comments": []any{}}},
		{mine, "data_source_tasks", source(attrs{"count_only": true}), attrs{"total": 2, "tasks": nil}},
		{mine, "data_source_tasks", source(attrs{"states": []any{"completed"}}), attrs{"total": 0, "tasks": []any{}}},
		{mine, "pending_tasks", attrs{"count_only": true}, attrs{
			"incoming.0.total": 1, "incoming.0.type": nil, "incoming_json": `[{"count":1}]`,
		}},
		{mine, "pending_tasks", attrs{"count_by_data_source": true}, attrs{"outgoing.0.total": 1, "outgoing.0.data_source_id": w.source}},
		{mine, "blob", source(attrs{"blob_id": "empty"}), attrs{
			"filesize": 0, "content_base64": "", "content_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		}},
		{mine, "blob", source(attrs{"blob_id": nastyKey, "max_bytes": 8}), attrs{"filesize": 8}},
		{theirs, "sql_connection", attrs{}, attrs{"host": "query.acme.example.com", "user": nil, "connection_string": nil}},
		{mine, "s3_objects", attrs{"location": true}, attrs{
			"location_constraint": "us-east-1", "objects": nil, "common_prefixes": nil, "is_truncated": nil,
		}},
		{mine, "s3_objects", attrs{"list_type": 2, "max_results": 1}, attrs{"objects.0.owner": nil, "is_truncated": true}},
		{mine, "s3_objects", attrs{"list_type": 2, "fetch_owner": true}, attrs{"objects.0.owner.id": "Immuta", "is_truncated": false}},
		{mine, "s3_objects", attrs{"encoding_type": "url", "prefix": nasty + "/a"}, attrs{"objects.0.key": nasty + "/" + nastyKey}},
		{theirs, "s3_objects", attrs{}, attrs{"objects": []any{}}},
	} {
		t.Run(fmt.Sprint(test.name, test.config), func(t *testing.T) {
			acctest.WantAttributes(t, test.p.Answered("immuta_"+test.name, test.config), test.want)
		})
	}
}

func TestDataSourceFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, stranger := w.Tenant.AddUser("Mallory", fake.CreateDataSource)
	mine, theirs := w.Protocol(nil), w.Protocol(attrs{"api_key": stranger})
	source, missing := w.about, acctest.Config{"data_source_id": 4711}
	const notFound = "Data source not found"
	for _, test := range []struct {
		p      *acctest.Protocol
		name   string
		config attrs
		at     string
		says   []string
	}{
		{mine, "data_source", attrs{"id": 4711}, "id", []string{
			"Reading data source 4711 failed", "404", notFound, "Check the id", "The API key's user sees only",
		}},
		{mine, "data_source", attrs{"name": "Nobody"}, "name", []string{`Reading the data source named "Nobody" failed`}},
		{mine, "data_source", attrs{"sql_table_name": "nothing"}, "sql_table_name", []string{`Reading the data source with the table "nothing"`}},
		{mine, "data_source_contacts", missing, "data_source_id", []string{"Reading the contacts of data source 4711 failed"}},
		{theirs, "data_source_policy_info", source(attrs{"profile_id": w.grace}), "profile_id", []string{"403", "owned or open to the user"}},
		{mine, "data_source_policy_info", source(attrs{"profile_id": 4711}), "profile_id", []string{"Profile not found"}},
		{mine, "visibility_report", source(attrs{"profile_id": 4711}), "profile_id", []string{"sees failed", "Profile not found"}},
		{mine, "visibility_report", missing.With("profile_id", w.grace), "data_source_id", []string{notFound}},
		{mine, "data_source_policy_info", missing.With("profile_id", w.grace), "data_source_id", []string{notFound}},
		{mine, "data_source_unmask_users", missing.With("column", "id"), "data_source_id", []string{notFound}},
		{mine, "data_source_unmask_users", source(attrs{"column": "nothing"}), "column", []string{`unmask column "nothing"`, "Column not found"}},
		{mine, "blob", missing.With("blob_id", "a"), "data_source_id", []string{notFound}},
		{mine, "data_source_comments", source(attrs{"comment_id": 4711}), "comment_id", []string{"Comment not found"}},
		{mine, "data_source_comments", source(attrs{"parent_id": 4711}), "parent_id", []string{"Comment not found"}},
		{mine, "blob", source(attrs{"blob_id": "nothing"}), "blob_id", []string{`Reading the blob "nothing"`, "Blob not found"}},
		{mine, "blob", source(attrs{"blob_id": nastyKey, "max_bytes": 7}), "max_bytes", []string{"more than 7 bytes", "Raise max_bytes"}},
		{mine, "s3_object", attrs{"data_source": nasty, "key": nastyKey, "max_bytes": 7}, "max_bytes", []string{"more than 7 bytes"}},
		{mine, "s3_object", attrs{"data_source": nasty, "key": "nothing"}, "key", []string{"NoSuchKey"}},
		{mine, "s3_objects", attrs{"bucket": "other"}, "", []string{`Listing the bucket "other" failed`, "401"}},
	} {
		test.p.TryRead("immuta_"+test.name, test.config).WantErrorAt(t, test.at, test.says...)
	}
}

// What the reference shows for reading an object describes it. Then there is no content, and everything else.
func TestDescribedObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fake.WithObjectListings())
	state := w.Protocol(nil).Answered("immuta_s3_object", attrs{"data_source": nasty, "key": nastyKey})
	acctest.WantAttributes(t, state, attrs{
		"content_base64": nil, "content_type": nil, "size": 8, "storage_class": "STANDARD", "owner.id": "Immuta",
		"last_modified": "2026-01-05T08:00:00.000Z",
	})
}

// Tenants without a part of the API say so in a way that is understood.
func TestDataSourcesOfMissingFeatures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fake.Without(fake.Blobs, fake.Comments, fake.SQLAccounts, fake.Unmasking))
	p := w.Protocol(nil)
	for _, name := range []string{"immuta_blob", "immuta_data_source_comments", "immuta_sql_connection", "immuta_data_source_unmask_users"} {
		p.TryRead(name, w.readings()[name].config).WantErrorAt(t, "", "the tenant has no such call")
	}
	// The connection is known to a call that every tenant with SQL accounts has.
	w = newWorld(t)
	w.Tenant.Fault(fake.Fault{Path: "/dataSource/featureStore/connection", Status: 404, Message: "Not Found"})
	state := w.Protocol(nil).Answered("immuta_sql_connection", nil)
	if acctest.Get(state, "user") != "ada" || acctest.Get(state, "connection_string") != nil {
		t.Errorf("%v", acctest.Get(state, ""))
	}
}

// A provider whose host or key is not known yet reads nothing.
func TestDataSourcesOfAnUnknownTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.Protocol(attrs{"api_key": acctest.Unknown})
	w.Tenant.ResetJournal()
	for name, r := range w.readings() {
		p.TryRead(name, r.config).WantError(t, "not configured yet")
	}
	if len(w.Tenant.Journal()) != 0 {
		t.Errorf("asked %q", w.Tenant.Journal().Lines())
	}
}

// Content arrives byte by byte, whatever it is.
func TestContentIsWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	every := make([]byte, 1<<16)
	for i := range every {
		every[i] = byte(i ^ i>>8)
	}
	w.Tenant.SetBlob(w.source, "bytes", fake.Blob{Content: every})
	p := w.Protocol(nil)
	for name, config := range map[string]attrs{
		"immuta_blob":      {"data_source_id": w.source, "blob_id": "bytes"},
		"immuta_s3_object": {"data_source": nasty, "key": "bytes"},
	} {
		state := p.Answered(name, config)
		if got := acctest.Get(state, "content_base64"); got != base64.StdEncoding.EncodeToString(every) {
			t.Errorf("%s: %d characters", name, len(strings.TrimSpace(fmt.Sprint(got))))
		}
	}
}
