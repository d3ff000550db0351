package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/acctest"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

// TestProtocolTakesOverATenant lists 1,000 sources of all technologies, as `terraform query -generate-config-out` does, and imports each
// by its identity. With the configuration that is generated there is nothing left to do: every fourth is planned, which takes its time.
func TestProtocolTakesOverATenant(t *testing.T) {
	env, p := acctest.Start(t, nil, fake.WithUnlistedKeys())
	technologies := []struct{ label, resource string }{
		{"Snowflake", "snowflake"}, {"Databricks", "databricks"}, {"Redshift", "redshift"}, {"Trino", "trino"}, {"Synapse", "azure_synapse"},
		{"Native S3", "s3"},
	}
	// Of the first technology there is more than a page.
	count := map[string]int{}
	for i := range 1000 {
		label := technologies[max(0, i%8-2)].label
		count[label]++
		id := env.Tenant.AddSource(variation(i, label))
		env.Tenant.UpdateSource(id, func(s *fake.Source) { decorate(i, s) })
	}
	imports := map[string]bool{}
	for _, tech := range technologies {
		resourceType := "immuta_" + tech.resource + "_data_source"
		env.Tenant.ResetJournal()
		listed := p.Listed(resourceType, acctest.Query{IncludeResource: true, Limit: 1000})
		if len(listed) != count[tech.label] {
			t.Fatalf("%s: listed %d of %d", tech.label, len(listed), count[tech.label])
		}
		wantReads(t, env, (len(listed)+immuta.PageSize-1)/immuta.PageSize, len(listed))
		for i, one := range listed {
			imports[fmt.Sprint(acctest.Get(one.State, "id"))] = true
			imported := p.ImportListed(one)
			if !imported.State.Equal(one.State) {
				t.Errorf("%s is listed otherwise than it is imported", one.DisplayName)
			}
			if i%4 == 0 {
				config := p.Generated(one.Resource)
				p.Validate(resourceType, config).WantNone(t)
				p.PlansNothing(imported, config)
			}
		}
		wantReads(t, env, 0, len(listed))
	}
	if len(imports) != 1000 {
		t.Errorf("%d different sources were imported", len(imports))
	}
}

// variation is one of many sources, no two of them alike in all respects.
func variation(i int, label string) fake.SourceSpec {
	spec := fake.SourceSpec{
		Technology: label, Name: fmt.Sprintf("Source %d of ${%s}", i, label), Schema: fmt.Sprint("SCHEMA_", i%7), Deleted: i%5 == 0,
		Hostname: fmt.Sprintf("host-%d.example.com", i%3), Port: 1000 + i%2,
	}
	if i%11 == 0 && label != "Native S3" {
		spec.Query = fmt.Sprint("select ", i)
	}
	return spec
}

func decorate(i int, s *fake.Source) {
	if i%2 == 0 {
		s.Description, s.Documentation = fmt.Sprint("Described ", i), strings.Repeat("# Heading\n", i%4)
	}
	if i%3 == 0 {
		s.CatalogMetadata = attrs{"id": fmt.Sprint(i), "provider": "alation"}
	}
	s.Private, s.HasExamples, s.ColumnEvolutionEnabled = i%4 == 1, i%4 == 2, i%4 == 3
	if i%6 == 0 {
		s.Expiration, s.Category, s.RecordFormat = "2099-01-01T00:00:00Z", "Sales", "csv"
	}
}

// wantReads fails the test unless so many pages of the listing and so many sources with their handlers were read since the last time,
// and nothing else was asked.
func wantReads(t *testing.T, env *acctest.Env, pages, sources int) {
	t.Helper()
	journal := env.Tenant.Journal()
	search, source, handler := journal.Count("GET", "/dataSource"), journal.Count("GET", "/dataSource/*"), journal.Count("GET", "/*/handler/*")
	if search != pages || source != sources || handler != sources || len(journal) != pages+2*sources {
		t.Errorf("%d pages, %d sources and %d handlers in %d requests, want %d pages and %d sources",
			search, source, handler, len(journal), pages, sources)
	}
	env.Tenant.ResetJournal()
}
