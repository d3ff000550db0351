package provider_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/provider"
)

type attrs = map[string]any

// nasty is a name with everything that a path or a query could trip over.
const nasty = `Ord/ers "50%" + ü 注 #1?&=;\|'%2F...`

// nastyKey is a key of an object with folders in it.
const nastyKey = `a b/c+d/50%/%2F/ü注/#1?&=;"x".txt`

// world is a tenant in which every data source finds something.
type world struct {
	*acctest.Env
	source, parent, child int
	grace                 int // a subscriber
	group                 int
	comment, reply        int
	task                  int
	policy                int
}

func newWorld(t testing.TB, options ...fake.Option) *world {
	t.Helper()
	return seedWorld(acctest.NewSerial(t, options...))
}

func seedWorld(env *acctest.Env) *world {
	tenant := env.Tenant
	w := &world{Env: env}
	w.grace, _ = tenant.AddUser("Grace Hopper", fake.CreateDataSource)
	w.group = tenant.AddGroup("Analysts of Sales")
	w.source = tenant.AddSource(fake.SourceSpec{Name: nasty, Schema: "SALES", Table: "ORDERS", Metadata: attrs{"bodataTableName": nasty}})
	w.parent = tenant.AddSource(fake.SourceSpec{Name: "Raw orders"})
	w.child = tenant.AddSource(fake.SourceSpec{Name: "Orders of 2026", Deleted: true})
	tenant.UpdateSource(w.source, func(s *fake.Source) {
		s.Description, s.ColumnEvolutionEnabled, s.SchemaEvolutionID = "One row for each order.", true, 900_001
		s.CatalogMetadata = attrs{"id": "c1", "provider": "alation"}
		s.Tags = []fake.Tag{
			{Name: nasty, Source: "curated", AddedBy: fake.DefaultProfileID}, {Name: "Team.Finance", Source: "collibra", AddedBy: w.grace},
		}
	})
	tenant.UpdateDictionary(w.source, func(d *fake.Dictionary) {
		d.Columns[1].Name = nasty
		d.Columns[1].Tags = []fake.ColumnTag{{Name: "PII", Source: "curated"}}
	})
	tenant.AddMember(w.source, fake.Member{ProfileID: w.grace})
	tenant.AddMember(w.source, fake.Member{GroupID: w.group, State: "expert", Expiration: "2027-01-01T00:00:00Z"})
	tenant.Derive(w.parent, w.source, 5)
	tenant.Derive(w.source, w.child, 0)
	w.policy = tenant.Restrict(w.source, "and", "Fraud | risk", "Research")
	tenant.AddActivity(w.source, fake.Activity{
		NotificationType: "modelUserDeleted", Activity: "access", Action: "revoked", ActionBy: fake.DefaultProfileID, TargetUser: w.grace,
	})
	w.comment = tenant.AddComment(w.source, fake.Comment{Body: "Why?", AffectedColumn: nasty, AssociatedQuery: 12})
	w.reply = tenant.AddComment(w.source, fake.Comment{Body: "Because.", ParentID: w.comment, AuthorID: w.grace})
	w.task = tenant.AddTask(fake.Task{SourceID: w.source, TargetIDs: []int{w.grace}, Column: nasty, Reason: "audit"})
	tenant.AddTask(fake.Task{SourceID: w.source, RequesterID: w.grace, TargetIDs: []int{fake.DefaultProfileID}, Column: "id"})
	tenant.SetBlob(w.source, nastyKey, fake.Blob{Content: []byte("a,b\n1,2\n")})
	tenant.SetSQLAccount(fake.SQLAccount{Username: "ada", Password: "pw"})
	tenant.SetCheck(w.source, "sdd", "failed")
	return w
}

// about is a configuration that is about the source.
func (w *world) about(more attrs) attrs {
	return acctest.Config{"data_source_id": w.source}.Merge(more)
}

// reading is how a data source is asked, and what it has to answer.
type reading struct {
	config attrs
	want   attrs
	// subject is the attribute that a refusal is about; empty if there is none. For a part of a source, it is the part.
	subject, part string
}

func (w *world) readings() map[string]reading {
	source := w.about(nil)
	profile := w.about(attrs{"profile_id": w.grace})
	informed := w.about(attrs{"profile_id": w.grace, "information_only": true})
	content := base64.StdEncoding.EncodeToString([]byte("a,b\n1,2\n"))
	return map[string]reading{
		"immuta_current_user": {want: attrs{"id": fake.DefaultProfileID, "name": "Ada Byron", "permissions.0": "CREATE_DATA_SOURCE"}},
		"immuta_data_source": {config: attrs{"name": nasty}, subject: "name", want: attrs{
			"id": w.source, "sql_table_name": nasty, "description": "One row for each order.", "technology": "Snowflake", "deleted": false,
		}},
		"immuta_data_sources": {config: attrs{"search_text": nasty, "name_only": true}, want: attrs{
			"total": 1, "data_sources.0.id": w.source, "data_sources.0.name": nasty, "data_sources.0.deleted": false,
			"data_sources.0.remote_schema": "SALES", "data_sources.0.record_count": 0, "data_sources.0.subscription_status": "owner",
			"data_sources.0.schema_evolution_id": 900_001, "data_sources.0.domain_id": nil, "answer_json": nil,
			"data_sources.0.column_evolution_enabled": nil,
		}},
		"immuta_my_data_sources": {want: attrs{
			"data_sources.0.id": w.source, "data_sources.0.name": nasty, "data_sources.0.type": "queryable", "data_sources.0.sql_table_name": nasty,
			"data_sources.0.sql_schema_name": "sales", "data_sources.0.technology": "Snowflake", "data_sources.0.spark_use_jdbc": false,
			"data_sources.1.name": "Raw orders", "data_sources.2": nil,
		}},
		"immuta_data_sources_by_purpose": {config: attrs{"purposes": []any{"Fraud | risk", "Research"}}, subject: "purposes", want: attrs{
			"data_sources.0.id": w.source, "data_sources.0.name": nasty, "data_sources.0.policy_id": w.policy,
			"data_sources.0.restrictions.0.operator": "and", "data_sources.0.restrictions.0.purposes": []any{"Fraud | risk", "Research"},
		}},
		"immuta_blob_handler_types": {want: attrs{
			"types.0.name": "Databricks", "types.0.port": 443, "types.0.driver": nil, "types.0.config_json": "[]",
		}},
		"immuta_data_source_lineage": {config: source, subject: "data_source_id", want: attrs{
			"parents.0.data_source_id": w.parent, "parents.0.data_source_name": "Raw orders", "parents.0.project_id": 5, "parents.0.deleted": false,
			"parents.0.created_by": fake.DefaultProfileID, "children.0.data_source_id": w.child, "children.0.deleted": true,
			"children.0.project_id":               nil,
			"children.0.policy_handler_diff_json": nil,
		}},
		"immuta_data_source_access": {config: source, subject: "data_source_id", want: attrs{
			"total": 3, "users.0.profile_id": fake.DefaultProfileID, "users.0.role": "owner", "users.0.approved": true, "users.0.group_id": nil,
			"users.0.email": "ada.byron@example.com", "users.0.iam_id": "bim", "users.0.system_generated": false, "users.1.name": "Grace Hopper",
			"users.2.profile_id": nil, "users.2.group_id": w.group, "users.2.name": "Analysts of Sales",
			"users.2.expiration": "2027-01-01T00:00:00.000Z",
			"users.2.user_id":    nil, "users.0.approvals": []any{},
		}},
		"immuta_data_source_policy_info": {config: profile, subject: "data_source_id", part: "profile_id", want: attrs{
			"visibility_rule_applies": true, "masked.0.name": nasty, "masked.0.type": "hash", "masked.0.action_type": "masking", "masked.1": nil,
			"additional_filters_json": "[]",
		}},
		"immuta_visibility_report": {config: informed, subject: "data_source_id", part: "profile_id", want: attrs{
			"no_visibilities": false, "data_source_visibilities_count": 2, "user_visibilities_count": 2, "denial_reason": nil,
			"masked.0.name":      nasty,
			"allow_masked_joins": false, "data_source": w.source, "data_source_name": nasty, "policy_set_json": "[]",
		}},
		"immuta_data_source_activities": {config: source, subject: "data_source_id", want: attrs{
			"total": 2, "activities.0.notification_type": "modelUserDeleted", "activities.0.metadata.action": "revoked",
			"activities.0.metadata.activity":         "access",
			"activities.0.metadata.data_source_name": nasty, "activities.0.action_by.name": "Ada Byron", "activities.0.target_user.id": w.grace,
			"activities.0.model_id": fmt.Sprint(w.source), "activities.0.read": false, "activities.1.notification_type": "modelCreated",
			"activities.1.target_user": nil,
		}},
		"immuta_data_source_contacts": {config: source, subject: "data_source_id", want: attrs{
			"contacts.0.id": w.source, "contacts.0.role": "owner", "contacts.0.name": "Ada Byron", "contacts.0.email": "ada.byron@example.com",
			"contacts.0.profile_id": fake.DefaultProfileID, "contacts.1": nil,
		}},
		"immuta_data_source_tags": {config: source, subject: "data_source_id", want: attrs{
			"tags.0.name": nasty, "tags.0.source": "curated", "tags.0.added_by": fake.DefaultProfileID, "tags.1.source": "collibra",
			"tags.1.deleted": false,
		}},
		"immuta_data_source_unmask_users": {config: w.about(attrs{"column": nasty}), subject: "data_source_id", part: "column", want: attrs{
			"users.0.name": "Ada Byron", "users.0.profile_id": fake.DefaultProfileID, "users.0.iam_id": "bim",
		}},
		"immuta_data_source_comments": {config: source, subject: "data_source_id", want: attrs{
			"total": 1, "comments.0.id": w.comment, "comments.0.body": "Why?", "comments.0.author.id": fake.DefaultProfileID,
			"comments.0.author.name": "Ada Byron", "comments.0.author.email": "ada.byron@example.com", "comments.0.totalreplies": 1,
			"comments.0.public":   true,
			"comments.0.resolved": false, "comments.0.models.0.model_name": nasty, "comments.0.models.0.model_id": fmt.Sprint(w.source),
			"comments.1": nil,
		}},
		"immuta_data_source_tasks": {config: source, subject: "data_source_id", want: attrs{
			"total": 2, "tasks.1.id": w.task, "tasks.1.state": "pending", "tasks.1.type": "unmask", "tasks.1.target_names": "Grace Hopper",
			"tasks.1.target_emails": "grace.hopper@example.com",
		}},
		"immuta_pending_tasks": {want: attrs{
			"incoming.0.type": "unmask", "incoming.0.total": 1, "incoming.0.target_names": "Ada Byron", "incoming.1": nil,
			"outgoing.0.id": w.task, "outgoing.0.data_source_id": nil, "outgoing.1": nil,
		}},
		"immuta_data_source_health": {config: source, subject: "data_source_id", want: attrs{
			"sql.status": "passed", "sdd.status": "failed", "blob": nil, "failed_checks": []any{"sdd"},
		}},
		"immuta_data_dictionary":    {config: source, subject: "data_source_id", want: attrs{"columns.1.name": nasty}},
		"immuta_dictionary_columns": {config: attrs{"search_text": nasty}, want: attrs{"columns.0": nasty}},
		"immuta_sql_connection": {want: attrs{
			"host": "query.acme.example.com", "port": 5432, "database": "immuta", "user": "ada", "ssl_mode": "require",
			"connection_string": "postgresql://ada@query.acme.example.com:5432/immuta?sslmode=require",
		}},
		"immuta_blob": {config: w.about(attrs{"blob_id": nastyKey}), subject: "data_source_id", part: "blob_id", want: attrs{
			"content_base64": content, "filesize": 8, "content_type": "application/octet-stream",
		}},
		"immuta_s3_buckets": {want: attrs{
			"buckets.0.name": "immuta", "buckets.0.creation_date": "2006-03-19T00:00:00.000Z", "owner.id": "Immuta",
		}},
		"immuta_s3_objects": {config: attrs{"prefix": nasty}, subject: "bucket", want: attrs{
			"objects.0.key": nasty + "/" + nastyKey, "objects.0.size": 8, "objects.0.storage_class": "STANDARD",
			"objects.0.owner.display_name": "Immuta Inc",
			"common_prefixes":              []any{}, "is_truncated": false, "location_constraint": nil,
		}},
		"immuta_s3_object": {config: attrs{"data_source": nasty, "key": nastyKey}, subject: "key", want: attrs{
			"content_base64": content, "size": 8, "owner": nil, "storage_class": nil,
		}},
	}
}

// served lists the data sources that the provider serves.
func served(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, construct := range provider.New("test").DataSources(t.Context()) {
		var resp datasource.MetadataResponse
		construct().Metadata(context.Background(), datasource.MetadataRequest{ProviderTypeName: "immuta"}, &resp)
		names = append(names, resp.TypeName)
	}
	return names
}

// withTable is a source with a name and a table that end in some text.
func withTable(name string, i int) fake.SourceSpec {
	return fake.SourceSpec{Name: "n" + name, Table: fmt.Sprintf("T%d", i), Metadata: attrs{"bodataTableName": "t" + name}}
}

// tagColumn gives a source a column and a tag whose names end in some text.
func tagColumn(w *world, id int, name string) {
	w.Tenant.UpdateDictionary(id, func(d *fake.Dictionary) { d.Columns[0].Name = "c" + name })
	w.Tenant.UpdateSource(id, func(s *fake.Source) { s.Tags = []fake.Tag{{Name: "g" + name, Source: "curated"}} })
}
