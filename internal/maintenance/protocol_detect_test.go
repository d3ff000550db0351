package maintenance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const detect = "immuta_detect_remote_changes"

func TestDetectRemoteChanges(t *testing.T) {
	t.Parallel()
	server := attrs{"hostname": "acme.example.com", "port": 443, "database": "PROD", "table": "ORDERS"}
	for name, test := range map[string]struct{ config, sent attrs }{
		"everywhere": {nil, attrs{}},
		"sources":    {attrs{"data_source_ids": []any{100}}, attrs{"dataSourceIds": []any{100.0}}},
		"server":     {server, attrs{"hostname": "acme.example.com", "port": 443.0, "database": "PROD", "table": "ORDERS"}},
		"schema": {
			attrs{"schema_evolution_id": 7, "skip_column_detection": true, "http_path": "/sql/1"},
			attrs{"schemaEvolutionId": 7.0, "skipColumnDetection": true, "overrides": attrs{"httpPath": "/sql/1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			env, p := acctest.Start(t, nil)
			id := env.Tenant.AddSource(fake.SourceSpec{Hostname: "acme.example.com", Port: 443, Table: "ORDERS"})
			env.Tenant.UpdateSource(id, func(s *fake.Source) { s.SchemaEvolutionID = 7 })
			if test.config["data_source_ids"] != nil {
				test.config["data_source_ids"], test.sent["dataSourceIds"] = []any{id}, []any{float64(id)}
			}
			got := p.Invoke(detect, test.config)
			got.WantNone(t)
			wantProgress(t, got, "1 of 1 jobs are done.")
			if diff := cmp.Diff(test.sent, env.Tenant.Journal()[0].JSON()); diff != "" {
				t.Errorf("the request (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDetectRemoteChangesRefusesMixedScopes(t *testing.T) {
	_, p := acctest.Start(t, nil)
	for name, config := range map[string]attrs{
		"sources and a server":        {"data_source_ids": []any{1}, "table": "T"},
		"sources and a record":        {"data_source_ids": []any{1}, "schema_evolution_id": 7},
		"a server and a record":       {"hostname": "h", "schema_evolution_id": 7},
		"tables only, everywhere":     {"skip_column_detection": true},
		"a host name that is an URL":  {"hostname": "https://acme.example.com"},
		"a time out that is no time":  {"timeout": "soon"},
		"a time out that is past it":  {"timeout": "-1s"},
		"a port that does not exist":  {"port": 70000},
		"a record that cannot exist":  {"schema_evolution_id": 0},
		"a source that cannot exist":  {"data_source_ids": []any{0}},
		"no source where some is due": {"data_source_ids": []any{}},
	} {
		if len(p.PlanAction(detect, config).Errors()) == 0 {
			t.Errorf("%s is not refused", name)
		}
	}
	// Unknown values are not.
	p.PlanAction(detect, attrs{"data_source_ids": acctest.Unknown, "timeout": acctest.Unknown, "wait": acctest.Unknown}).WantNone(t)
}

func TestDetectRemoteChangesOnATenantWithConnections(t *testing.T) {
	_, p := acctest.Start(t, nil, fake.WithConnections())
	p.Invoke(detect, nil).WantError(t, "deprecated", "through connections")
}

// A tenant that does not tell of its jobs leaves the outcome open.
func TestDetectRemoteChangesThatCannotBeFollowed(t *testing.T) {
	env, p := acctest.Start(t, nil, fake.WithoutJobList())
	env.Tenant.AddSource(fake.SourceSpec{})
	got := p.Invoke(detect, nil)
	got.WantNoError(t)
	got.WantWarning(t, "not known", "in all of the tenant", "GET /jobs")
}
